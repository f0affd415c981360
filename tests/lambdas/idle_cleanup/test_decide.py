from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.idle_cleanup.decide import Address, Facts, Volume, decide
from lambdas.runtime.model import Decision, Gone, Request, Unknown, Verb
from tests.lambdas.builders import NOW, finding

VOLUME = Volume("vol-0123456789abcdef0", "available", (), NOW - timedelta(days=100), volume_type="gp3", size=100)
ADDRESS = Address("eipalloc-0123456789abcdef0", "203.0.113.7", "")
APPROVED = Request(approved=frozenset({Verb.RELEASE}))


def decided(facts: Facts | Gone | Unknown, request: Request = APPROVED) -> Decision:
    subject = finding(ADDRESS.allocation_id if isinstance(facts, Address) else VOLUME.volume_id)
    (decision,) = decide([subject], {subject: facts}, request, NOW)
    return decision


def test_old_unattached_volume_goes() -> None:
    decision = decided(VOLUME)
    assert decision.verb is Verb.DELETE
    assert decision.calls == (f"ec2:CreateSnapshot {VOLUME.volume_id}", f"ec2:DeleteVolume {VOLUME.volume_id}")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"attached_to": ("i-1", "i-2"), "is_multi_attach": True}, "attached to i-1, i-2 (multi-attach)"),
        ({"attached_to": ("i-1",), "state": "in-use"}, "attached to i-1"),
        ({"state": "creating"}, "its state is creating, not available"),
        ({"state": ""}, "its state is unknown, not available"),
        ({"operator": "eks.amazonaws.com"}, "managed by eks.amazonaws.com"),
        ({"tags": (("finops:protect", "true"),)}, "protected by tag finops:protect=true"),
        ({"tags": (("finops:protect", ""),)}, "protected by tag finops:protect="),
        ({"tags": (("FinOps:Protect", "until summer"),)}, "protected by tag FinOps:Protect=until summer"),
        ({"tags": (("ebs.csi.aws.com/cluster", "true"),)}, "managed by Kubernetes (tag ebs.csi.aws.com/cluster)"),
        (
            {"tags": (("kubernetes.io/created-for/pvc/name", "db"),)},
            "managed by Kubernetes (tag kubernetes.io/created-for/pvc/name)",
        ),
        ({"tags": (("aws:cloudformation:stack-name", "shop"),)}, "belongs to the CloudFormation stack shop"),
        ({"created_at": NOW - timedelta(days=2)}, "created 2 days ago, younger than 14 days"),
        ({"created_at": NOW + timedelta(days=1)}, "created today, younger than 14 days"),
        ({"created_at": None}, "live state unknown: no creation time"),
        ({"outpost": "arn:aws:outposts:x"}, "on an Outpost, where a snapshot may stay on the same hardware"),
    ],
)
def test_volume_is_left_alone_with_the_reason(change: dict[str, Any], reason: str) -> None:
    decision = decided(replace(VOLUME, **change))
    assert (decision.verb, decision.reason) == (Verb.LEAVE, reason)


def test_volume_tagged_protect_false_goes() -> None:
    assert decided(replace(VOLUME, tags=(("finops:protect", "False"),))).verb is Verb.DELETE


def test_volume_of_exactly_the_minimum_age_goes_and_one_second_younger_stays() -> None:
    ripe = replace(VOLUME, created_at=NOW - timedelta(days=14))
    green = replace(VOLUME, created_at=NOW - timedelta(days=14) + timedelta(seconds=1))
    assert [decided(volume).verb for volume in (ripe, green)] == [Verb.DELETE, Verb.LEAVE]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"used_by": "eipassoc-1"}, "associated with eipassoc-1"),
        ({"managed_by": "alb"}, "managed by alb"),
        ({"pool": "ipv4pool-ec2-1"}, "from the address pool ipv4pool-ec2-1, which you brought to AWS"),
        ({"allocation_id": ""}, "it has no allocation id"),
        ({"tags": (("finops:protect", "yes"),)}, "protected by tag finops:protect=yes"),
    ],
)
def test_address_is_left_alone_with_the_reason(change: dict[str, Any], reason: str) -> None:
    decision = decided(replace(ADDRESS, **change))
    assert (decision.verb, decision.reason) == (Verb.LEAVE, reason)


def test_unused_address_needs_approval_and_goes_with_it() -> None:
    assert decided(replace(ADDRESS, pool="amazon")).verb is Verb.RELEASE
    asked = decided(ADDRESS, Request())
    assert asked.verb is Verb.NEEDS_APPROVAL
    assert asked.asks_for is Verb.RELEASE
    assert "--release-addresses" in asked.reason


def test_what_is_gone_or_unknown_is_left_alone() -> None:
    assert decided(Gone()).reason == "not found any more"
    assert decided(Unknown("AccessDenied")).reason == "live state unknown: AccessDenied"
    assert {decided(facts).verb for facts in (Gone(), Unknown("x"))} == {Verb.LEAVE}


def test_finding_without_live_facts_is_left_alone() -> None:
    (decision,) = decide([finding()], {}, APPROVED, NOW)
    assert (decision.verb, decision.reason) == (Verb.LEAVE, "live state unknown: not looked at")


def test_facts_of_another_kind_decide_nothing() -> None:
    subject = finding(VOLUME.volume_id)
    (decision,) = decide([subject], {subject: ADDRESS}, APPROVED, NOW)
    assert decision.verb is Verb.LEAVE


texts = st.text(max_size=12)
tags = st.lists(st.tuples(texts, texts), max_size=3).map(tuple)
protecting = st.tuples(st.just("finops:protect"), texts.filter(lambda text: text.strip().lower() != "false"))
volumes = st.builds(
    Volume,
    volume_id=st.just(VOLUME.volume_id),
    state=st.sampled_from(["available", "in-use", "creating", "error", ""]),
    attached_to=st.lists(texts, max_size=2).map(tuple),
    created_at=st.none() | st.integers(-10, 4000).map(lambda days: NOW - timedelta(days=days)),
    tags=tags,
    operator=texts,
    is_multi_attach=st.booleans(),
)


@given(volume=volumes, attachments=st.lists(texts, min_size=1, max_size=3), min_age=st.integers(0, 30))
def test_no_volume_with_any_attachment_is_ever_deleted(volume: Volume, attachments: list[str], min_age: int) -> None:
    attached = replace(volume, attached_to=tuple(attachments))
    request = Request(apply=True, approved=frozenset(Verb), min_age=timedelta(days=min_age))
    assert not decided(attached, request).verb.changes_account


@given(volume=volumes, protect=protecting, at=st.integers(0, 3))
def test_no_protected_volume_is_ever_deleted(volume: Volume, protect: tuple[str, str], at: int) -> None:
    tagged = replace(volume, tags=(*volume.tags[:at], protect, *volume.tags[at:]))
    assert not decided(tagged, Request(apply=True, approved=frozenset(Verb))).verb.changes_account


def test_deciding_imports_neither_aws_nor_the_lake() -> None:
    program = (
        "import sys, lambdas.idle_cleanup.decide, lambdas.idle_cleanup.candidates\n"
        "print([name for name in sys.modules if name.split('.')[0] in "
        "('boto3', 'botocore', 'awswrangler', 'pyarrow', 'duckdb', 'lake')])"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
