"""Rules whose findings are only told and not acted on: those that are new, and those that did not keep their promise.

What a rule promised stands in the ledger, what it saved in the mart `realized_savings`. Of a rule that is demoted
nothing is acted on until its acts are old enough to be forgotten: then it is tried again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from lake import verdicts, zones
from lake.errors import GateClosedError
from lake.store import Store
from lambdas.runtime import ledger, remembered
from lambdas.runtime.action import Run
from lambdas.runtime.model import Decision, Request

VERSION = 1
MART = "realized_savings"
COLUMNS = (
    *("action", "rule_id", "acted_at", "status", "days_after"),
    *("saved_cost", "estimated_monthly_savings_cost", "billing_currency"),
)
# One act proves little; what less than half came true of is no estimate. Half a year later a rule is tried again.
MIN_ACTS = 3
MIN_SHARE = Decimal("0.5")
MEMORY = timedelta(days=180)
DAYS_IN_MONTH = Decimal(730) / Decimal(24)
_SETTLED = ("CONFIRMED", "NO_EFFECT", "REGRESSED")


@dataclass(frozen=True)
class Rule:
    """In which versions of the mart a rule's findings were told, and why it is only told of, empty for no reason."""

    builds: tuple[str, ...] = ()
    demoted: str = ""


def only_told(
    run: Run, action: str, decisions: Sequence[Decision], build: str, request: Request
) -> tuple[dict[Decision, str], list[str]]:
    """Of which decisions nothing is done but to tell them, and why; and notes for the report.

    Raises LakeError for a memory that is damaged.
    """
    meant = [decision for decision in decisions if decision.verb.changes_account and decision.rule_id]
    if not meant:
        return {}, []
    known = read(run.store, action)
    fallen, note = _fallen_short(run, action, known, request)
    rules = {rule: known.get(rule, Rule()) for rule in known.keys() | {name_of(one.rule_id) for one in meant}}
    now = {rule: replace(one, demoted=fallen.get(rule, "")) for rule, one in rules.items()}
    for rule in {name_of(one.rule_id) for one in meant}:
        if build not in now[rule].builds and len(now[rule].builds) <= request.notify_builds:
            now[rule] = replace(now[rule], builds=(*now[rule].builds, build))
    if not request.is_dry and now != known:
        write(run.store, action, now)
    why = {rule: _why(rule, one, request) for rule, one in now.items()}
    told = {one: why[name_of(one.rule_id)] for one in meant if why[name_of(one.rule_id)]}
    return told, ([note] if note else []) + [f"Only told: {reason}." for reason in sorted(set(told.values()))]


def name_of(rule_id: str) -> str:
    """The rule without what it proposes."""
    return rule_id.partition(" ")[0]


def fallen_short(rows: Iterable[Mapping[str, Any]], action: str, now: datetime) -> dict[str, str]:
    """Rules of an action that saved less than half of what they promised, and how much. Pure; `now` is aware UTC."""
    saved: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    promised: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    acts: dict[tuple[str, str], int] = defaultdict(int)
    for row in rows:
        old = now.replace(tzinfo=None) - row["acted_at"].replace(tzinfo=None) > MEMORY
        if row["action"] != action or not row["rule_id"] or row["status"] not in _SETTLED or old:
            continue
        if row["estimated_monthly_savings_cost"] is None or not row["days_after"]:
            continue
        key = (name_of(row["rule_id"]), str(row["billing_currency"]))
        acts[key] += 1
        saved[key] += row["saved_cost"] or Decimal(0)
        promised[key] += row["estimated_monthly_savings_cost"] * row["days_after"] / DAYS_IN_MONTH
    return {
        rule: f"rule {rule} saved {saved[rule, unit]:,.2f} of {promised[rule, unit]:,.2f} {unit} that it promised in "
        f"{count} acts"
        for (rule, unit), count in sorted(acts.items())
        if count >= MIN_ACTS and saved[rule, unit] < MIN_SHARE * promised[rule, unit]
    }


def read(store: Store, action: str) -> dict[str, Rule]:
    """What is remembered of an action's rules. Raises LakeError for a file that is damaged."""
    return remembered.read(
        store,
        zones.action_rules(action),
        VERSION,
        lambda told: {rule: Rule(tuple(each["builds"]), each["demoted"]) for rule, each in told["rules"].items()},
        what=f"What is remembered of the rules of {action}",
        todo="Delete the file: then every rule counts as new.",
    )


def write(store: Store, action: str, rules: Mapping[str, Rule]) -> None:
    """Keep it, in one step."""
    content = {"version": VERSION, "rules": {rule: asdict(rules[rule]) for rule in sorted(rules)}}
    store.write(zones.action_rules(action), ledger.as_json(content))


def _fallen_short(run: Run, action: str, known: Mapping[str, Rule], request: Request) -> tuple[dict[str, str], str]:
    """Rules that did not keep their promise, and a note if that cannot be told now."""
    from lambdas.runtime.findings import rows_of

    try:
        published, _ = verdicts.require(run.store, MART, now=run.now, max_data_age=request.max_data_age)
    except GateClosedError as error:
        # What was demoted stays so until a validated mart says otherwise. Without acts there is nothing to judge.
        kept = {rule: one.demoted for rule, one in known.items() if one.demoted}
        if error.reason == "not_published":
            return kept, ""
        return kept, f"Whether rules keep their promises is not known now: {error.what}"
    return fallen_short(rows_of(published.rows, MART, COLUMNS), action, run.now), ""


def _why(rule: str, one: Rule, request: Request) -> str:
    if one.demoted:
        return one.demoted
    more = request.notify_builds + 1 - len(one.builds)
    if request.notify_builds and more > 0:
        return f"rule {rule} is new: {more} more build{'s' if more > 1 else ''} of the mart before it is acted on"
    return ""
