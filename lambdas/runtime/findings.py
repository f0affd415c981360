"""What an action is to look at: the rows of its mart, behind the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from lake import verdicts, zones
from lake.errors import GateClosedError, LakeError
from lake.held import Held, held_back
from lake.marts import MartFiles, mart_keys, version_of_file
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


def newest_month(run: Run, mart: str, request: Request) -> tuple[Path, str]:
    """The newest month's file of a mart that is published month by month, and its version, if actions may rest on it.

    Only that file is fetched and hashed. Raises GateClosedError as `lake.verdicts.require` does.
    """
    keys = mart_keys(run.store, mart)
    where = run.store.location(keys[-1] if keys else mart)
    if not keys:
        raise GateClosedError("not_published", f"The mart {mart} is not published.", where=where, todo=_BUILD)
    path = run.store.local_copy(keys[-1])
    version = version_of_file(path)
    try:
        verdict = verdicts.newest(run.store, mart)
    except (ValueError, TypeError, KeyError):
        verdict = None
    if verdict is None or verdict.months.get(zones.month_of(keys[-1])) != version:
        what = f"The newest month of {mart} is not the one that was validated."
        raise GateClosedError("changed_since", what, where=where, todo="Run `finops validate`.")
    told = MartFiles(mart, keys, verdict.version, 0)
    verdicts.require_on(run.store, told, now=run.now, max_data_age=request.max_data_age)
    return path, version


_BUILD = "Run `finops build`, then `finops validate`."
