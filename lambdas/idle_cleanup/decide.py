"""Which idle volumes and addresses may go, and why the others stay. Pure: findings and live facts in, decisions out.

The bill proposes, the account disposes: a row of the mart is only a candidate, and only what the account says now
makes it a deletion. Whatever is missing, odd or unreadable means: leave it alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lambdas.runtime.model import Decision, Finding, Gone, Request, Ticket, Unknown, Verb

VOLUME = "volume"
ADDRESS = "address"

PROTECT = "finops:protect"
STACK = "aws:cloudformation:stack-name"
# Kubernetes keeps detached volumes for pods that come back; the cluster, not we, knows when they are done with.
KUBERNETES = ("ebs.csi.aws.com/", "kubernetes.io/", "kubernetescluster", "csivolumename")

Tags = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Volume:
    """An EBS volume as the account describes it now. `created_at` is aware UTC; size in GiB, throughput in MiB/s."""

    volume_id: str
    state: str
    attached_to: tuple[str, ...]
    created_at: datetime | None
    tags: Tags = ()
    volume_type: str = ""
    size: int = 0
    iops: int | None = None
    throughput: int | None = None
    zone: str = ""
    kms_key: str = ""
    operator: str = ""
    outpost: str = ""
    is_multi_attach: bool = False


@dataclass(frozen=True)
class Address:
    """An Elastic IP as the account describes it now. `used_by` is what it is associated with, empty for nothing."""

    allocation_id: str
    public_ip: str
    used_by: str
    tags: Tags = ()
    managed_by: str = ""
    pool: str = ""
    border_group: str = ""


Facts = Volume | Address
Live = Mapping[Finding, Facts | Gone | Unknown]


def decide(findings: Sequence[Finding], live: Live, request: Request, now: datetime) -> list[Decision]:
    """One decision per finding, in the order given; `now` is aware UTC. A finding without live facts is left alone."""
    return [_decide(finding, live.get(finding, Unknown("not looked at")), request, now) for finding in findings]


def rests_on(facts: Facts) -> tuple[str, ...]:
    """What must still be so when it is done: a resource of the same name that differs is not what was marked."""
    if isinstance(facts, Volume):
        return (f"created {facts.created_at}", f"{facts.size} GiB {facts.volume_type} in {facts.zone}")
    return (facts.public_ip,)


def why_not(facts: Facts, request: Request, now: datetime) -> str:
    """The first reason to leave a resource alone, or empty when nothing speaks for keeping it."""
    reasons = _against_volume(facts, request, now) if isinstance(facts, Volume) else _against_address(facts)
    return next(reasons, "")


def why_not_now(facts: Facts, decision: Decision, ticket: Ticket) -> str:
    """The first reason not to do what was decided on a resource, looked at again."""
    if decision.rests_on and rests_on(facts) != decision.rests_on:
        return "changed since it was decided"
    return why_not(facts, ticket.request, ticket.now)


def _decide(finding: Finding, facts: Facts | Gone | Unknown, request: Request, now: datetime) -> Decision:
    if finding.problem:
        return Decision.on(finding, Verb.LEAVE, finding.problem)
    if isinstance(facts, Unknown):
        return Decision.on(finding, Verb.LEAVE, f"live state unknown: {facts.why}")
    if isinstance(facts, Gone):
        return _decide_gone(finding, facts)
    if finding.kind != (VOLUME if isinstance(facts, Volume) else ADDRESS):
        return Decision.on(finding, Verb.LEAVE, "live state unknown: the account describes another kind of resource")
    obstacle = why_not(facts, request, now)
    if obstacle:
        return Decision.on(finding, Verb.LEAVE, obstacle)
    return _volume_goes(finding, facts) if isinstance(facts, Volume) else _address_goes(finding, facts, request)


def _decide_gone(finding: Finding, gone: Gone) -> Decision:
    if not gone.snapshot_id:
        return Decision.on(finding, Verb.LEAVE, "not found any more")
    reason = f"not found any more; a run of this plan took snapshot {gone.snapshot_id} of it and was cut off"
    return Decision.on(finding, Verb.RECORD, reason)


def _volume_goes(finding: Finding, volume: Volume) -> Decision:
    calls = (f"ec2:CreateSnapshot {volume.volume_id}", f"ec2:DeleteVolume {volume.volume_id}")
    reason = f"attached to nothing: {volume.size} GiB {volume.volume_type}".rstrip()
    return Decision.on(finding, Verb.DELETE, f"{reason}, idle on the bill", calls, rests_on=rests_on(volume))


def _address_goes(finding: Finding, address: Address, request: Request) -> Decision:
    named = f"{address.public_ip} is associated with nothing"
    calls = (f"ec2:ReleaseAddress {address.allocation_id}",)
    rests, target = rests_on(address), address.allocation_id
    if Verb.RELEASE in request.approved:
        return Decision.on(finding, Verb.RELEASE, named, calls, rests_on=rests, target=target)
    reason = f"{named}; a release cannot be undone, so it needs `finops approve` or --release-addresses"
    return Decision.on(
        finding, Verb.NEEDS_APPROVAL, reason, calls, rests_on=rests, target=target, asks_for=Verb.RELEASE
    )


def _against_volume(volume: Volume, request: Request, now: datetime) -> Iterator[str]:
    if volume.attached_to:
        shared = " (multi-attach)" if volume.is_multi_attach else ""
        yield "attached to " + ", ".join(volume.attached_to) + shared
    if volume.state != "available":
        yield f"its state is {volume.state or 'unknown'}, not available"
    if volume.operator:
        yield f"managed by {volume.operator}"
    if volume.outpost:
        yield "on an Outpost, where a snapshot may stay on the same hardware"
    yield from _against_tags(volume.tags)
    if volume.created_at is None:
        yield "live state unknown: no creation time"
    elif now - volume.created_at < request.min_age:
        yield f"created {_ago((now - volume.created_at).days)}, younger than {request.min_age.days} days"


def _against_address(address: Address) -> Iterator[str]:
    if address.used_by:
        yield f"associated with {address.used_by}"
    if not address.allocation_id:
        yield "it has no allocation id"
    if address.managed_by:
        yield f"managed by {address.managed_by}"
    if address.pool not in ("", "amazon"):
        yield f"from the address pool {address.pool}, which you brought to AWS"
    yield from _against_tags(address.tags)


def _against_tags(tags: Tags) -> Iterator[str]:
    for key, value in tags:
        plain = key.lower()
        if plain == PROTECT and value.strip().lower() != "false":
            yield f"protected by tag {key}={value}"
        if plain.startswith(KUBERNETES):
            yield f"managed by Kubernetes (tag {key})"
        if plain == STACK:
            yield f"belongs to the CloudFormation stack {value}"


def _ago(days: int) -> str:
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
