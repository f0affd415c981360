"""Which snapshots may go, and why the others stay. Pure: rows and live facts in, decisions out.

A snapshot goes when it is older than the days and not among the newest of its volume that are kept, whichever keeps
more, and when nothing and nobody else holds it. Its saving is never more than the bill's line of it: snapshots are
incremental, and what another one needs as well is billed on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from lambdas.runtime import rows as mart_rows
from lambdas.runtime.model import Decision, Finding, Gone, Request, Unknown, Verb
from lambdas.runtime.protection import is_protection

ACTION = "snapshot_cleanup"
SNAPSHOT = "snapshot"
COLUMNS = (
    "finding_id",
    "is_latest_period",
    "sub_account_id",
    "region_id",
    "resource_id",
    "rule_id",
    "billing_currency",
    "monthly_cost",
)
RULES = "snapshot_"
# What `idle_cleanup` took before it deleted a volume is somebody's way back.
OURS = "finops:source-volume"
KEEP_OURS = timedelta(days=180)
# AWS's name for the volume of a copy: the snapshot's own volume is not known.
NO_VOLUME = "vol-ffffffff"
_OWNERS = {
    "aws:backup:": "AWS Backup, which must delete it itself",
    "aws:dlm:": "Data Lifecycle Manager",
    "dlm:managed": "Data Lifecycle Manager",
    "aws:compute-optimizer:": "Compute Optimizer, as the way back from a change",
    "awsapplicationmigrationservicemanaged": "Application Migration Service",
    "awselasticdisasterrecoverymanaged": "Elastic Disaster Recovery",
    "aws:cloudformation:": "CloudFormation",
}


@dataclass(frozen=True)
class Snapshot:
    """A snapshot as the account describes it now; `started_at` is aware UTC.

    `newer` counts the completed snapshots of its volume that are newer, `used_by` is what refers to it, `shared_with`
    whom it is shared with. `undo_days` is how long the recycle bin keeps it, None when it keeps nothing.
    """

    snapshot_id: str
    volume_id: str
    state: str
    started_at: datetime | None
    newer: int
    tags: tuple[tuple[str, str], ...] = ()
    description: str = ""
    tier: str = "standard"
    is_restored: bool = False
    used_by: tuple[str, ...] = ()
    shared_with: tuple[str, ...] = ()
    lock: str = ""
    fast_restore: str = ""
    outpost: str = ""
    undo_days: int | None = None


Live = Mapping[Finding, Snapshot | Gone | Unknown]


def candidates(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What the mart tells of snapshots now, one finding per snapshot."""
    meant = [row for row in rows if row["is_latest_period"] and str(row["rule_id"]).startswith(RULES)]
    return mart_rows.each_once(_named(mart_rows.finding(row, SNAPSHOT)) for row in meant)


def decide(findings: Sequence[Finding], live: Live, request: Request, now: datetime) -> list[Decision]:
    """One decision per finding, in the order given; `now` is aware UTC."""
    return [_decide(finding, live.get(finding, Unknown("not looked at")), request, now) for finding in findings]


def why_not(snapshot: Snapshot, request: Request, now: datetime) -> str:
    """The first reason to keep a snapshot, or empty when nothing speaks for it."""
    held = (_kept_by_rule(snapshot, request, now), _held_by_others(snapshot), _against_tags(snapshot, now))
    return next((reason for reasons in held for reason in reasons), "")


def _named(finding: Finding) -> Finding:
    if finding.problem or re.fullmatch(r"snap-[0-9a-f]{8,17}", finding.resource_id):
        return finding
    return replace(finding, problem="the bill's name for it is not that of a snapshot")


def _decide(finding: Finding, facts: Snapshot | Gone | Unknown, request: Request, now: datetime) -> Decision:
    if finding.problem:
        return Decision.on(finding, Verb.LEAVE, finding.problem)
    if not isinstance(facts, Snapshot):
        why = f"live state unknown: {facts.why}" if isinstance(facts, Unknown) else "not found any more"
        return Decision.on(finding, Verb.LEAVE, why)
    obstacle = why_not(facts, request, now)
    if obstacle:
        return Decision.on(finding, Verb.LEAVE, obstacle)
    reason = f"older than {request.keep_days} days, and {facts.newer} of its volume are newer; saves at most its line"
    calls = (f"ec2:DeleteSnapshot {facts.snapshot_id}",)
    rests_on = (f"of {facts.volume_id}", f"started {facts.started_at}")
    if facts.undo_days is None and Verb.DELETE not in request.approved:
        told = f"{reason}; no rule of the recycle bin keeps it, so it needs `finops approve` or --without-undo"
        return Decision.on(finding, Verb.NEEDS_APPROVAL, told, calls, rests_on=rests_on, asks_for=Verb.DELETE)
    return Decision.on(finding, Verb.DELETE, reason, calls, rests_on=rests_on)


def _kept_by_rule(snapshot: Snapshot, request: Request, now: datetime) -> Iterator[str]:
    if snapshot.state != "completed":
        yield f"its state is {snapshot.state or 'unknown'}, not completed"
    if snapshot.started_at is None:
        yield "live state unknown: no start time"
    elif now - snapshot.started_at < timedelta(days=request.keep_days):
        yield f"{(now - snapshot.started_at).days} days old, younger than {request.keep_days}"
    if not snapshot.volume_id or snapshot.volume_id == NO_VOLUME or "copied" in snapshot.description.lower():
        yield "a copy, of which the volume is not known"
    # Even who keeps none keeps the last one of a volume.
    if snapshot.newer < max(request.keep_count, 1):
        yield f"among the {max(request.keep_count, 1)} newest of {snapshot.volume_id}"


def _held_by_others(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.used_by:
        yield "used by " + ", ".join(snapshot.used_by)
    if snapshot.shared_with:
        yield "shared with " + ", ".join(snapshot.shared_with)
    if snapshot.lock:
        yield f"locked ({snapshot.lock})"
    if snapshot.fast_restore:
        yield f"kept for fast restore in {snapshot.fast_restore}, which must be switched off first"
    if snapshot.tier != "standard":
        yield f"in the tier {snapshot.tier}, which is billed for 90 days in any case"
    if snapshot.is_restored:
        yield "restored from the archive for a time"
    if snapshot.outpost:
        yield "on an Outpost"


def _against_tags(snapshot: Snapshot, now: datetime) -> Iterator[str]:
    for key, value in snapshot.tags:
        plain = key.lower()
        if is_protection(key, value):
            yield f"protected by tag {key}={value}"
        owner = next((owner for prefix, owner in _OWNERS.items() if plain.startswith(prefix)), "")
        if owner:
            yield f"kept by {owner}"
        if plain == OURS and snapshot.started_at and now - snapshot.started_at < KEEP_OURS:
            yield f"the way back to the deleted {value}, kept for {KEEP_OURS.days} days"
