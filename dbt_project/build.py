"""Run the dbt project on the lake, in this very interpreter, and publish what it made."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbt_project import allocation
from dbt_project.engine import Engine
from dbt_project.held import held_by
from dbt_project.lean import lean
from dbt_project.local import LocalEngine
from dbt_project.publish import Published, publish
from lake import held, zones
from lake.errors import CheckFailedError
from lake.held import Held
from lake.settings import Profile
from lake.workspace import Workspace

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PROJECT = Path(__file__).parent
# The tag of checks that speak of one payer's month: they hold it back and stop nothing else.
PER_PERIOD = "per_period"


@dataclass(frozen=True)
class Total:
    """A payer's month in the marts, beside its bill. Amounts are exact, in `currency`."""

    billing_period: str
    billing_account_id: str
    currency: str
    charge_count: int
    billed_cost: Decimal
    amortized_cost: Decimal
    is_reconciled: bool
    is_held_back: bool


@dataclass(frozen=True)
class BuildReport:
    """What a build made: the marts, the totals they add up to, the warnings that stopped nothing, what is held back."""

    marts: tuple[Published, ...]
    totals: tuple[Total, ...]
    warnings: tuple[str, ...]
    check_count: int
    held_back: tuple[Held, ...]

    def raise_if_held_back(self) -> None:
        """Raise CheckFailedError naming each month and payer that is held back, and why."""
        if self.held_back:
            raise CheckFailedError(
                "; ".join(one.told() for one in self.held_back) + ".",
                todo="The other months are published. Of these the last good numbers stay, and no action runs on them. "
                "`finops report reconciliation` and `finops report identities` tell all of it; mend or ingest the bill "
                "again, then run `finops build`.",
            )


def build(ws: Workspace, *, full_refresh: bool = False) -> BuildReport:
    """Compute every model and check, then publish the marts. The caller holds the lake's lock.

    Months whose bill did not change are left as the last build made them, unless `full_refresh`. A payer's month whose
    totals or identities do not hold is held back: of it the last good rows stay published. That is in the report, not
    raised. Raises SettingsError for rules of allocation that cannot be used, LakeError without an accepted bill, and
    CheckFailedError when a model or another check fails, or nothing would be left to publish: then the last good marts
    stay as they are.
    """
    own_settings = allocation.variables(ws.store)
    engine = _engine(ws, own_settings, full_refresh)
    results = _run_dbt(ws, engine, own_settings)
    warnings = tuple(_told(result) for result in results if result.status == "warn" and not _is_per_period(result))
    checks = sum(result.node.resource_type == "test" for result in results)
    with ws.out.progress("Publishing the marts"), engine.rows(results) as rows:
        told, totals = held_by(rows.connection), _totals(rows.connection)
        # Before the first swap: who acts meanwhile must not act on a month that is held back.
        held.record(ws.store, ws.run_id, told)
        _require_anything(ws, told, totals)
        marts = publish(ws.store, rows, told)
    engine.end(results)
    return BuildReport(marts, totals, warnings, checks, told)


def _engine(ws: Workspace, own_settings: Mapping[str, Any], full_refresh: bool) -> Engine:
    if ws.settings.profile is Profile.AWS:
        from dbt_project.athena import AthenaEngine

        # DuckDB's own fingerprint of the code has them, too.
        keys = [own_settings.get(name) for name in ("allocation_tag_keys", "allocation_category_keys")]
        return AthenaEngine.begin(ws, str(keys) if any(keys) else "", full_refresh=full_refresh)
    return LocalEngine.begin(ws, full_refresh=full_refresh)


def _require_anything(ws: Workspace, told: Sequence[Held], totals: Sequence[Total]) -> None:
    """Where every month is held back and none was ever published, there is nothing to publish."""
    all_held = {(one.billing_period, one.billing_account_id) for one in totals} <= {one.bill for one in told}
    if told and all_held and ws.store.read(zones.published_mart("daily_costs")) is None:
        raise CheckFailedError(
            "No month is published: " + "; ".join(one.told() for one in told) + ".",
            where=str(ws.store.uri),
            todo="Mend the bill and ingest it again.",
        )


def _is_per_period(result: Any) -> bool:
    return PER_PERIOD in result.node.tags


def _run_dbt(ws: Workspace, engine: Engine, own_settings: Mapping[str, Any]) -> Sequence[Any]:
    from dbt.cli.main import dbtRunner

    call = engine.dbt
    arguments = [
        "--quiet",
        "--log-level-file=none",
        "--no-use-colors",
        "--no-write-json",
        "build",
        f"--project-dir={PROJECT}",
        f"--profiles-dir={PROJECT}",
        f"--target={call.target}",
        f"--target-path={call.working}",
        f"--log-path={call.working}",
        f"--vars={json.dumps({'severity_per_period': 'warn', **own_settings, **call.variables})}",
        "--exclude-resource-type=unit_test",
        "--exclude-resource-type=exposure",
        "--log-level=none",
        *call.flags,
    ]
    computing = ws.out.progress("Computing the marts")
    with computing as advance, _environment(**call.environment), engine.computing(), lean():

        def follow(event: Any) -> None:
            if event.info.name == "NodeStart":
                advance(1, f"Computing {event.data.node_info.node_name}")

        outcome = dbtRunner(callbacks=[follow]).invoke(arguments)
    if isinstance(outcome.exception, KeyboardInterrupt):
        raise outcome.exception
    results = getattr(outcome.result, "results", ())
    failed = [result for result in results if result.status in ("error", "fail")]
    if outcome.success:
        return tuple(results)
    raise CheckFailedError(
        "The marts were not built: " + "; ".join(_told(result) for result in failed)
        if failed
        else f"dbt stopped: {outcome.exception}",
        where=call.place,
        todo="The last good marts are untouched. To see more: "
        f"cd {PROJECT} && FINOPS_LAKE={call.environment['FINOPS_LAKE']} {Path(sys.executable).with_name('dbt')} build"
        f" --target={call.target}",
    )


def _told(result: Any) -> str:
    """A failed model or check in one sentence; checks are named as sentences."""
    name = result.node.name
    if result.node.resource_type == "test":
        return f"check «{name.replace('_', ' ')}» does not hold ({result.failures} rows)"
    return f"model {name}: {' '.join(str(result.message).split())}"


def _totals(marts: DuckDBPyConnection) -> tuple[Total, ...]:
    rows = marts.execute(
        """
        select billing_period, billing_account_id, billing_currency,
            max(actual_charge_count) filter (where invoice_id = 'all'),
            max(actual_cost) filter (where table_name = 'daily_costs' and measure = 'billed_cost'),
            max(actual_cost) filter (where table_name = 'daily_costs' and measure = 'amortized_cost'),
            bool_and(is_reconciled), bool_or(is_held_back)
        from marts.reconciliation group by 1, 2, 3 order by 1, 2, 3
        """
    ).fetchall()
    return tuple(Total(*row) for row in rows)


@contextmanager
def _environment(**settings: str) -> Iterator[None]:
    """Dbt takes settings from the environment; ours are there while it runs and gone after."""
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
