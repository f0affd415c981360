"""What a run of an action says of itself, and the plan file that says it before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lake import zones
from lake.errors import GateClosedError, LakeError
from lake.store import Store
from lambdas.runtime import guards, ledger, marks
from lambdas.runtime.errors import ActsFailedError, StoppedError
from lambdas.runtime.model import Decision, Outcome, Request, Status


@dataclass(frozen=True)
class ActionReport:
    """One run of one action. One outcome per candidate of the mart, in the order of the decisions.

    `closed` is the gate's reason (one of lake.verdicts.CLOSED_REASONS) and `stopped` that of a guard; both are empty
    when the way was free, and `what_closed` tells the former in a sentence. `plan` is where the plan lies.
    """

    action: str
    mart: str
    run_id: str
    apply: bool
    mark: bool = False
    mart_version: str = ""
    plan: str = ""
    closed: str = ""
    what_closed: str = ""
    stopped: str = ""
    outcomes: tuple[Outcome, ...] = ()
    notes: tuple[str, ...] = ()

    @classmethod
    def behind_closed_gate(cls, action: str, mart: str, run_id: str, error: GateClosedError) -> ActionReport:
        """The report of an action that may not look at its mart."""
        return cls(action, mart, run_id, apply=False, closed=error.reason, what_closed=error.what)

    @property
    def is_dry(self) -> bool:
        """Whether the run could change nothing."""
        return not (self.apply or self.mark)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """What was decided, one per candidate."""
        return tuple(outcome.decision for outcome in self.outcomes)

    @property
    def failures(self) -> tuple[Outcome, ...]:
        """Acts that were to be done and are not: failed, or never begun."""
        return tuple(out for out in self.outcomes if out.status in (Status.FAILED, Status.NOT_STARTED))

    @property
    def counts(self) -> dict[str, int]:
        """Outcomes by status."""
        return dict(Counter(str(outcome.status) for outcome in self.outcomes))

    def as_document(self) -> dict[str, Any]:
        """The report for machines. Amounts are Decimal; whoever writes JSON turns them into text."""
        return {
            "action": self.action,
            "mart": self.mart,
            "run_id": self.run_id,
            "apply": self.apply,
            "mark": self.mark,
            "mart_version": self.mart_version,
            "plan": self.plan,
            "closed": self.closed,
            "what_closed": self.what_closed,
            "stopped": self.stopped,
            "counts": self.counts,
            "notes": list(self.notes),
            "outcomes": [_outcome(outcome) for outcome in self.outcomes],
        }


def write_plan(
    store: Store,
    report: ActionReport,
    decisions: Sequence[Decision],
    request: Request,
    now: datetime,
    told: Mapping[Decision, str] | None = None,
) -> str:
    """Write what would be called and why, before anything is done. Returns where it lies.

    Of the decisions in `told` nothing is done but to tell them, for the reason there.
    """
    key = zones.plan(report.run_id, report.action)
    document = {
        "version": ledger.VERSION,
        "action": report.action,
        "run_id": report.run_id,
        "planned_at": now,
        "apply": request.apply,
        "mark": request.mark,
        "mart": report.mart,
        "mart_version": report.mart_version,
        "stopped": report.stopped,
        "caps": {
            "max_count": request.caps.max_count,
            "max_monthly_cost": request.caps.max_monthly_cost,
            "max_share_pct": request.caps.max_share_pct,
            "max_per_owner": request.caps.max_per_owner,
        },
        "monthly_cost_at_risk": guards.cost_at_risk(d for d in decisions if d.verb.changes_account),
        "notes": list(report.notes),
        "decisions": [{**_decision(decision), "only_told": (told or {}).get(decision, "")} for decision in decisions],
    }
    try:
        store.write(key, ledger.as_json(document))
    except OSError as error:
        raise LakeError(
            f"The plan cannot be written: {error.strerror}.",
            where=store.location(key),
            todo="Nothing was touched. Make the lake writable and run again.",
        ) from error
    return store.location(key)


def raise_if_not_well(report: ActionReport) -> None:
    """Raise StoppedError or ActsFailedError when an applying run did not do all it was to do."""
    if report.is_dry:
        return
    if report.stopped:
        raise StoppedError(f"Nothing was touched: {report.stopped}.", where=report.plan, todo="Look at the plan first.")
    if report.failures:
        failed = "; ".join(f"{out.decision.resource_id}: {out.detail}" for out in report.failures)
        raise ActsFailedError(
            f"{len(report.failures)} of {len(report.outcomes)} acts were not done: {failed}.",
            where=report.plan,
            todo="Mend the cause and run again; what was done is on record and stays done.",
        )


def _decision(decision: Decision) -> dict[str, Any]:
    return {
        "verb": str(decision.verb),
        "kind": decision.kind,
        "resource_id": decision.resource_id,
        "account": decision.account,
        "region": decision.region,
        "reason": decision.reason,
        "monthly_cost": decision.monthly_cost,
        "currency": decision.currency,
        "plan_key": decision.plan_key,
        "calls": list(decision.calls),
        "owner": decision.owner,
        "approval": decision.approval,
        "plan": marks.plan_of(decision) if decision.verb.changes_account or decision.asks_for else "",
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {**_decision(outcome.decision), "status": str(outcome.status), "detail": outcome.detail}
