"""Which idle resources may go, and why the others stay. Pure: findings and live facts in, decisions out.

The bill proposes, the account disposes: a row of the mart is only a candidate, and only what the account says now
makes it a deletion. Whatever is missing, odd or unreadable means: leave it alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lambdas.idle_cleanup import holders, others
from lambdas.idle_cleanup.holders import Holder
from lambdas.idle_cleanup.reasons import Tags, against_tags, too_young
from lambdas.runtime.model import Decision, Finding, Gone, Request, Ticket, Unknown, Verb

VOLUME = "volume"
HELD = "volume of a stopped instance"
ADDRESS = "address"


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
    devices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Held:
    """A volume and the instance that holds it, None where no one does or more than one."""

    volume: Volume
    holder: Holder | None

    @property
    def tags(self) -> Tags:
        """Those of the volume, which carries the mark."""
        return self.volume.tags


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


Facts = Volume | Held | Address | others.Other
Live = Mapping[Finding, Facts | Gone | Unknown]


def decide(findings: Sequence[Finding], live: Live, request: Request, now: datetime) -> list[Decision]:
    """One decision per finding, in the order given; `now` is aware UTC. A finding without live facts is left alone."""
    return [_decide(finding, live.get(finding, Unknown("not looked at")), request, now) for finding in findings]


def rests_on(facts: Facts) -> tuple[str, ...]:
    """What must still be so when it is done: a resource of the same name that differs is not what was marked."""
    if isinstance(facts, Volume):
        return (f"created {facts.created_at}", f"{facts.size} GiB {facts.volume_type} in {facts.zone}")
    if isinstance(facts, Held):
        # Not whether it is attached still: a run that was cut off may have taken it off.
        return (*rests_on(facts.volume), *_rests_on_holder(facts.holder))
    return (facts.public_ip,) if isinstance(facts, Address) else others.rests_on(facts)


def why_not(facts: Facts, request: Request, now: datetime) -> str:
    """The first reason to leave a resource alone, or empty when nothing speaks for keeping it."""
    if isinstance(facts, Volume):
        return next(_against_volume(facts, request, now), "")
    if isinstance(facts, Held):
        return next(_against_held(facts, request, now), "")
    reasons = _against_address(facts) if isinstance(facts, Address) else others.against(facts, request, now)
    return next(reasons, "")


def why_not_now(facts: Facts, decision: Decision, ticket: Ticket) -> str:
    """The first reason not to do what was decided on a resource, looked at again."""
    if decision.rests_on and rests_on(facts) != decision.rests_on:
        return "changed since it was decided"
    return why_not(facts, ticket.request, ticket.now)


def is_done(verb: Verb, facts: Facts) -> bool:
    """Whether a resource that is still there is as `verb` leaves it: AWS takes its time."""
    if isinstance(facts, Volume):
        return facts.state in ("deleting", "deleted")
    if isinstance(facts, Held):
        return is_done(verb, facts.volume)
    return verb is Verb.STOP and isinstance(facts, others.Database) and facts.state in ("stopping", "stopped")


def _decide(finding: Finding, facts: Facts | Gone | Unknown, request: Request, now: datetime) -> Decision:
    if finding.problem:
        return Decision.on(finding, Verb.LEAVE, finding.problem)
    if isinstance(facts, Unknown):
        return Decision.on(finding, Verb.LEAVE, f"live state unknown: {facts.why}")
    if isinstance(facts, Gone):
        return Decision.on(finding, Verb.LEAVE, "not found any more")
    if finding.kind != _kind_of(facts):
        return Decision.on(finding, Verb.LEAVE, "live state unknown: the account describes another kind of resource")
    obstacle = why_not(facts, request, now)
    if obstacle:
        return Decision.on(finding, Verb.LEAVE, obstacle)
    return _goes(finding, facts, request)


def _goes(finding: Finding, facts: Facts, request: Request) -> Decision:
    if isinstance(facts, Volume):
        return _volume_goes(finding, facts)
    if isinstance(facts, Held):
        return _held_goes(finding, facts)
    return _address_goes(finding, facts, request) if isinstance(facts, Address) else others.goes(finding, facts)


def _kind_of(facts: Facts) -> str:
    if isinstance(facts, Volume | Held):
        return VOLUME if isinstance(facts, Volume) else HELD
    return ADDRESS if isinstance(facts, Address) else others.kind_of(facts)


def _volume_goes(finding: Finding, volume: Volume) -> Decision:
    calls = (f"ec2:CreateSnapshot {volume.volume_id}", f"ec2:DeleteVolume {volume.volume_id}")
    reason = f"attached to nothing: {volume.size} GiB {volume.volume_type}".rstrip()
    return Decision.on(finding, Verb.DELETE, f"{reason}, idle on the bill", calls, rests_on=rests_on(volume))


def _held_goes(finding: Finding, held: Held) -> Decision:
    volume, holder = held.volume, held.holder
    if holder is None or holder.stopped_at is None:
        raise ValueError(f"{volume.volume_id} has no holder")
    calls = (
        f"ec2:CreateSnapshot {volume.volume_id}",
        f"ec2:DetachVolume {volume.volume_id} from {holder.instance_id}",
        f"ec2:DeleteVolume {volume.volume_id}",
    )
    reason = (
        f"{volume.size} GiB {volume.volume_type} of {holder.instance_id}, which is stopped since "
        f"{holder.stopped_at:%Y-%m-%d} and could not be started as it was any more, so it needs `finops approve`"
    )
    return Decision.on(finding, Verb.NEEDS_APPROVAL, reason, calls, rests_on=rests_on(held), asks_for=Verb.DELETE)


def _rests_on_holder(holder: Holder | None) -> tuple[str, ...]:
    if holder is None:
        return ()
    return (f"of {holder.instance_id} at {holder.device}", f"stopped {holder.stopped_at}")


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
    yield from _against_any_volume(volume, request, now)


def _against_held(held: Held, request: Request, now: datetime) -> Iterator[str]:
    volume, holder = held.volume, held.holder
    if volume.is_multi_attach:
        yield "several instances may have it at once (multi-attach)"
    if holder is None:
        yield "attached to " + (", ".join(volume.attached_to) or "nothing, and by no run of ours")
    else:
        yield from holders.against(holder, now)
    if volume.state not in ("in-use", "available"):
        yield f"its state is {volume.state or 'unknown'}"
    yield from _against_any_volume(volume, request, now)


def _against_any_volume(volume: Volume, request: Request, now: datetime) -> Iterator[str]:
    if volume.operator:
        yield f"managed by {volume.operator}"
    if volume.outpost:
        yield "on an Outpost, where a snapshot may stay on the same hardware"
    yield from against_tags(volume.tags)
    yield from too_young(volume.created_at, request, now)


def _against_address(address: Address) -> Iterator[str]:
    if address.used_by:
        yield f"associated with {address.used_by}"
    if not address.allocation_id:
        yield "it has no allocation id"
    if address.managed_by:
        yield f"managed by {address.managed_by}"
    if address.pool not in ("", "amazon"):
        yield f"from the address pool {address.pool}, which you brought to AWS"
    yield from against_tags(address.tags)
