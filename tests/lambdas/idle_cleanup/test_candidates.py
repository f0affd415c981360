from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lambdas.idle_cleanup.candidates import candidates
from tests.lambdas.builders import OTHER, OWN, REGION, address_row, row

VOLUME = "vol-0123456789abcdef0"


def test_only_rows_of_the_newest_period_that_are_meant_for_this_action_are_candidates() -> None:
    rows = [
        row(VOLUME),
        row("vol-1111111111111111a", is_latest_period=False),
        row("vol-2222222222222222b", action=None),
    ]
    assert [found.resource_id for found in candidates(rows)] == [VOLUME]


def test_arn_on_the_bill_becomes_the_id_that_aws_wants() -> None:
    (found,) = candidates([row(f"arn:aws:ec2:{REGION}:{OWN}:volume/{VOLUME}")])
    assert (found.resource_id, found.problem, found.kind) == (VOLUME, "", "volume")


@pytest.mark.parametrize("rule_id", ["public_ipv4_address", "elastic_ip_address"])
def test_addresses_are_named_by_allocation_or_by_ip(rule_id: str) -> None:
    arn = f"arn:aws:ec2:{REGION}:{OWN}:elastic-ip/eipalloc-0123456789abcdef0"
    found = candidates([address_row(arn, rule_id=rule_id), address_row("203.0.113.7", rule_id=rule_id)])
    assert {(each.resource_id, each.kind, each.problem) for each in found} == {
        ("eipalloc-0123456789abcdef0", "address", ""),
        ("203.0.113.7", "address", ""),
    }


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"is_actionable": False}, "not billed on the newest day, or the mart says what stands against it"),
        ({"rule_id": "vpc_endpoint"}, "this action knows no rule 'vpc_endpoint'"),
        ({"resource_id": "snap-0123456789abcdef0"}, "the bill's name for it is not that of an EBS volume"),
        ({"resource_id": None}, "the bill's name for it is not that of an EBS volume"),
        ({"monthly_cost": None}, "its monthly cost is unknown, so no cap could count it"),
        ({"finding_id": None}, "the mart gives it no id"),
        (
            {"resource_id": f"arn:aws:ec2:{REGION}:{OTHER}:volume/{VOLUME}"},
            "its ARN names another account or region than the bill",
        ),
    ],
)
def test_row_that_cannot_be_acted_on_keeps_its_problem(change: dict[str, Any], problem: str) -> None:
    (found,) = candidates([row(VOLUME) | change])
    assert found.problem == problem


def test_resource_named_twice_is_one_candidate_at_the_cost_of_both() -> None:
    twice = [row(VOLUME, finding_id="b"), row(VOLUME, finding_id="a", billing_account_id=OTHER)]
    (found,) = candidates(twice)
    assert (found.plan_key, found.monthly_cost) == ("a", Decimal(16))
    assert candidates(list(reversed(twice))) == [found]


def test_row_of_a_payer_that_no_longer_pays_does_not_hide_the_one_that_does() -> None:
    (found,) = candidates([row(VOLUME, finding_id="a", is_actionable=False), row(VOLUME, finding_id="b")])
    assert (found.plan_key, found.problem) == ("b", "")
