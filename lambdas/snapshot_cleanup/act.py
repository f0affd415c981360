"""The action `snapshot_cleanup` as the loop sees it: look again, delete one snapshot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from lake.accounts import Accounts, code_of, in_words
from lambdas.runtime.action import Action
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb
from lambdas.snapshot_cleanup import decide, look
from lambdas.snapshot_cleanup.decide import Snapshot


class SnapshotCleanup(Action[Snapshot]):
    """Deletes snapshots that are older and more than is kept, if nothing and nobody holds them."""

    name = decide.ACTION
    mart = "idle_resources"
    columns = decide.COLUMNS
    is_marked_by_tag = True

    def candidates(self, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """The findings among the rows of `idle_resources`."""
        return decide.candidates(rows)

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Snapshot | Gone | Unknown]:
        """What EC2 says of them now."""
        return look.look(findings, accounts)

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Snapshot | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """One decision per finding."""
        return decide.decide(findings, live, request, now)

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Ask EC2 by its DryRun flag."""
        from botocore.exceptions import ClientError

        try:
            _delete(accounts, decision, dry_run=True)
        except ClientError as error:
            if code_of(error) != "DryRunOperation":
                return Outcome(Status.REFUSED, decision, in_words(error))
        return Outcome(Status.WOULD_ACT, decision, "AWS would allow " + ", ".join(decision.calls))

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Delete it, after one more look. Raises botocore errors and UnreachableError."""
        from botocore.exceptions import ClientError

        snapshot_id = decision.resource_id
        found = look.snapshots(accounts, decision.account, decision.region, [snapshot_id]).get(snapshot_id)
        obstacle = decide.why_not(found, ticket.request, ticket.now) if found else "not found any more"
        if found is None or obstacle:
            return Outcome(Status.LEFT_ALONE, decision, obstacle)
        outcome = _done(found, decision)
        ticket.intend(outcome)
        try:
            _delete(accounts, decision)
        except ClientError as error:
            if code_of(error) in ("InvalidSnapshot.InUse", "SnapshotLocked"):
                return Outcome(Status.LEFT_ALONE, decision, in_words(error))
            if code_of(error) != "InvalidSnapshot.NotFound":
                raise
        return outcome

    def is_done(self, verb: Verb, after: Mapping[str, Any], facts: Snapshot) -> bool:
        """A snapshot is there or it is not."""
        return False


def _done(found: Snapshot, decision: Decision) -> Outcome:
    kept = f"the recycle bin keeps it for {found.undo_days} days" if found.undo_days else "it cannot be brought back"
    undo = f"aws ec2 restore-snapshot-from-recycle-bin --region {decision.region} --snapshot-id {found.snapshot_id}"
    return Outcome(
        Status.DONE,
        decision,
        f"deleted; {kept}",
        before=asdict(found),
        after={"state": "deleted"},
        undo=undo if found.undo_days else "None: no rule of the recycle bin kept it, and that was approved.",
    )


def _delete(accounts: Accounts, decision: Decision, *, dry_run: bool = False) -> None:
    accounts.ec2(decision.account, decision.region).delete_snapshot(SnapshotId=decision.resource_id, DryRun=dry_run)
