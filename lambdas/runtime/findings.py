"""What an action is to look at: the rows of its mart, behind the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from lake import verdicts
from lake.errors import LakeError
from lake.held import Held, held_back
from lambdas.runtime.action import Action, Facts, Finds, Found, ReadsMart, Run
from lambdas.runtime.model import Finding, Request

# By what a finding's bill is known, in every mart.
BILL = ("billing_period", "billing_account_id")


def find(run: Run, action: Action[Facts], request: Request) -> Found:
    """The findings of an action. Raises GateClosedError when its mart has no fresh green verdict."""
    if isinstance(action, Finds):
        return action.find(run, request)
    if not isinstance(action, ReadsMart):
        raise TypeError(f"{action.name} neither reads a mart nor finds by itself")
    published, _ = verdicts.require(run.store, action.mart, now=run.now, max_data_age=request.max_data_age)
    found = _proposed(action, rows_of(published.rows, action.mart, action.columns), held_back(run.store))
    return Found(tuple(found), published.version)


def rows_of(table: pa.Table, mart: str, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of a mart with these columns and its bill's. Raises LakeError for a mart without one of them."""
    wanted = list(dict.fromkeys([*columns, *BILL]))
    missing = [column for column in wanted if column not in table.column_names]
    if missing:
        raise LakeError(
            f"The mart {mart} has no column {', '.join(missing)}.",
            where=f"marts/{mart}",
            todo="Build it again with this version: `finops build`.",
        )
    return table.select(wanted).to_pylist()


def _proposed(action: ReadsMart, rows: list[dict[str, Any]], held: Sequence[Held]) -> list[Finding]:
    """What the mart proposes. A resource of a month that is held back is reported with that, and not acted on."""
    why = {one.bill: one.told() for one in held}
    kept = [row for row in rows if tuple(row[name] for name in BILL) in why]
    free = [row for row in rows if tuple(row[name] for name in BILL) not in why]
    told: list[Finding] = []
    for bill, reason in why.items():
        own = action.candidates([row for row in kept if tuple(row[name] for name in BILL) == bill])
        told.extend(replace(finding, problem=reason) for finding in own)
    # Another payer's bill may name the same resource.
    named = {(finding.account, finding.region, finding.resource_id) for finding in told}
    others = action.candidates(free)
    return [one for one in others if (one.account, one.region, one.resource_id) not in named] + told
