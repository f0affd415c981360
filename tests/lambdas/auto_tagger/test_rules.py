"""Which value a key gets, and by which rule."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.auto_tagger.bill import keys_of, name_of
from lambdas.auto_tagger.decide import Untagged, obstacle
from lambdas.auto_tagger.rules import (
    Resource,
    Rule,
    Rules,
    RulesError,
    bill_key,
    ignore_tags,
    in_other_words,
    load,
    missing,
    needs_creator,
    values,
)
from tests.lambdas.builders import OTHER, OWN

RULES = Rules(
    {"Owner": Rule(default="finops:unallocated"), "CostCenter": Rule(("account",))},
    {OWN: {"CostCenter": "42"}},
    {"shop-": {"Owner": "storefront"}, "shop-pay": {"Owner": "payments"}},
    {"maria": "platform"},
)
RESOURCE = Resource("volume", "vol-1", "vol-1", {})


def owner(**changes: object) -> tuple[str, str]:
    return values(replace(RESOURCE, **changes), OTHER, RULES)["Owner"]


def test_rules_are_asked_in_their_order() -> None:
    of_stack = {"aws:cloudformation:stack-name": "shop-web"}
    everything = {"tags": of_stack, "parent": {"Owner": "data"}, "creator": "maria"}
    with_account = replace(RULES, accounts={OTHER: {"Owner": "research"}})
    assert values(replace(RESOURCE, **everything), OTHER, with_account)["Owner"] == ("research", "account")
    assert owner(**everything) == ("storefront", "stack")
    assert owner(parent={"Owner": "data"}, creator="maria") == ("data", "parent")
    assert owner(creator="maria") == ("platform", "creator")
    assert owner(creator="jonas@example.com") == ("jonas@example.com", "creator")
    assert owner() == ("finops:unallocated", "default")


def test_longest_beginning_of_a_stack_s_name_counts() -> None:
    assert owner(tags={"aws:cloudformation:stack-name": "shop-pay-eu"}) == ("payments", "stack")


@pytest.mark.parametrize("nobody", ["i-0123456789abcdef0", "AWSServiceRoleForAutoScaling", "ec2.amazonaws.com", ""])
def test_session_of_an_instance_or_a_service_is_nobody(nobody: str) -> None:
    assert owner(creator=nobody) == ("finops:unallocated", "default")


def test_who_made_it_is_asked_only_where_it_decides() -> None:
    assert needs_creator(RESOURCE, OTHER, RULES)
    assert not needs_creator(replace(RESOURCE, creator=""), OTHER, RULES)
    assert not needs_creator(replace(RESOURCE, parent={"Owner": "data"}), OTHER, RULES)
    assert not needs_creator(replace(RESOURCE, tags={"Owner": "x", "CostCenter": "1"}), OTHER, RULES)


def test_empty_tag_is_there_and_another_case_is_another_key() -> None:
    assert missing(replace(RESOURCE, tags={"Owner": "", "costcenter": "42"}), RULES) == ("CostCenter",)
    assert in_other_words(replace(RESOURCE, tags={"Owner": "", "costcenter": "42"}), RULES) == ("costcenter",)


@given(st.dictionaries(st.sampled_from(["Owner", "CostCenter", "owner", "Name"]), st.text(max_size=5)))
def test_no_key_that_is_there_gets_a_value(tags: dict[str, str]) -> None:
    assert not set(values(replace(RESOURCE, tags=tags), OWN, RULES)) & set(tags)


def test_protected_full_and_unknown_are_left_alone() -> None:
    def of(tags: dict[str, str], rules: Rules = RULES) -> str:
        return obstacle(Untagged.of(replace(RESOURCE, tags=tags), OWN, rules))

    assert of({}) == ""
    assert of({"finops:protect": "true"}) == "protected by tag finops:protect"
    # Those of AWS do not count; two of ours and the one that tells who wrote them do.
    assert of({f"k{n}": "" for n in range(47)} | {"aws:x": ""}) == ""
    assert of({f"k{n}": "" for n in range(48)}) == "it has 48 tags, and AWS takes 50"
    assert of({}, Rules({"Owner": Rule(("account",))})) == "no rule knows a value for Owner"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "keys: Owner",
        "keys: {'aws:owner': {}}",
        "keys: {'finops:tagged-by': {}}",
        "keys: {Owner: {from: [magic]}}",
        "keys: {Owner: {default: 'a;b'}}",
        "keys: {Owner: {fro: [account]}}",
        "keys: {Owner: {}}\naccounts: {111122223333: {Owner: a}}",
        "keys: {Owner: {}}\nacounts: {}",
        "keys: {Owner: {}}\nstacks: {a: b}",
        "a: b: c",
    ],
)
def test_rules_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(RulesError):
        load(text.encode())


def test_rules_are_read() -> None:
    told = b"""
keys:
  Owner: {from: [account, stack], default: "finops:unallocated"}
  CostCenter:
accounts: {"011122223333": {Owner: payments, CostCenter: "007"}}
"""
    rules = load(told)
    assert rules.keys["Owner"] == Rule(("account", "stack"), "finops:unallocated")
    assert rules.accounts["011122223333"]["CostCenter"] == "007"


def test_terraform_is_told_to_leave_the_tags() -> None:
    assert ignore_tags(RULES) == (
        'provider "aws" { ignore_tags { keys = ["Owner", "CostCenter"] key_prefixes = ["finops:"] } }'
    )


@pytest.mark.parametrize(
    ("billed_as", "name"),
    [
        ("i-0123", "i-0123"),
        ("arn:aws:ec2:eu-west-1:1:volume/vol-1", "vol-1"),
        ("arn:aws:ec2:us-east-1:1:snapshot/snap-1", "snap-1"),
        ("arn:aws:rds:eu-west-1:1:db:shop", "db:shop"),
        ("arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/app/web/1", "loadbalancer/app/web/1"),
    ],
)
def test_names_on_the_bill(billed_as: str, name: str) -> None:
    assert name_of(billed_as) == name


def test_keys_on_the_bill_are_ours_however_it_writes_them() -> None:
    assert {bill_key(key) for key in ("CostCenter", "cost_center", "Cost Center", "cost-center")} == {"costcenter"}
    assert keys_of('{"user:CostCenter": "42", "user_owner": "a", "user_team": ""}') == {"costcenter", "owner"}
    assert keys_of("nonsense") == set()


def test_nearest_unit_that_knows_a_value_tells_it() -> None:
    told = replace(
        RULES,
        units={"ou-far": {"Owner": "group"}, "ou-near": {"CostCenter": "7"}},
        within={OTHER: ("ou-near", "ou-far")},
    )
    assert values(RESOURCE, OTHER, told)["Owner"] == ("group", "unit")
    assert values(RESOURCE, "333333333333", told)["Owner"] == ("finops:unallocated", "default")
