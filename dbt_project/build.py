"""Run the dbt project on the lake, in this very interpreter, and publish what it made."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from dbt_project.held import held_by
from dbt_project.landing import local_lake
from dbt_project.publish import NOTES, Published, publish
from lake import held, zones
from lake.errors import CheckFailedError, LakeError, SettingsError
from lake.held import Held
from lake.settings import Profile
from lake.workspace import Workspace

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
    raised. Raises LakeError without an accepted bill, and CheckFailedError when a model or another check fails, or
    nothing would be left to publish: then the last good marts stay as they are.
    """
    if ws.settings.profile is not Profile.LOCAL:
        raise SettingsError(
            "Building on Athena is not part of this version: its models compile, no more.",
            where="--profile",
            todo="Use --profile local; its lake may lie in S3 as well.",
        )
    root = local_lake(ws.store)
    if full_refresh:
        _forget(root / zones.ENGINE_FILE)
    _drop_unreadable(root / zones.ENGINE_FILE)
    results = _run_dbt(ws, root)
    warnings = tuple(_told(result) for result in results if result.status == "warn" and not _is_per_period(result))
    checks = sum(result.node.resource_type == "test" for result in results)
    with ws.out.progress("Publishing the marts"):
        told, totals = _held_back(root / zones.ENGINE_FILE), _totals(root / zones.ENGINE_FILE)
        # Before the first swap: who acts meanwhile must not act on a month that is held back.
        held.record(ws.store, ws.run_id, told)
        _require_anything(ws, told, totals)
        marts = publish(ws.store, root / zones.ENGINE_FILE, told)
    return BuildReport(marts, totals, warnings, checks, told)


def _held_back(engine_file: Path) -> tuple[Held, ...]:
    import duckdb

    with duckdb.connect(str(engine_file), read_only=True) as engine:
        return held_by(engine)


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


def _run_dbt(ws: Workspace, root: Path) -> Sequence[Any]:
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    arguments = [
        "--quiet",
        "--log-level-file=none",
        "--no-use-colors",
        "build",
        f"--project-dir={PROJECT}",
        f"--profiles-dir={PROJECT}",
        f"--target={ws.settings.profile}",
        f"--target-path={root / zones.ENGINE / 'dbt'}",
        f"--log-path={root / zones.ENGINE / 'dbt'}",
        "--vars={severity_per_period: warn}",
        "--exclude-resource-type=unit_test",
        "--exclude-resource-type=exposure",
        "--log-level=none",
    ]
    with ws.out.progress("Computing the marts") as advance, _environment(FINOPS_LAKE=str(root)):

        def follow(event: Any) -> None:
            if event.info.name == "NodeStart":
                advance(1, f"Computing {event.data.node_info.node_name}")

        outcome = dbtRunner(callbacks=[follow]).invoke(arguments)
    # dbt keeps its engine open for the life of the interpreter, and DuckDB lets nobody else in meanwhile.
    DuckDBConnectionManager.close_all_connections()
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
        where=f"{root / zones.ENGINE}",
        todo="The last good marts are untouched. To see more: "
        f"cd {PROJECT} && FINOPS_LAKE={root} {Path(sys.executable).with_name('dbt')} build",
    )


def _told(result: Any) -> str:
    """A failed model or check in one sentence; checks are named as sentences."""
    name = result.node.name
    if result.node.resource_type == "test":
        return f"check «{name.replace('_', ' ')}» does not hold ({result.failures} rows)"
    return f"model {name}: {' '.join(str(result.message).split())}"


def _drop_unreadable(engine_file: Path) -> None:
    """The engine's file is only a cache of the landing zone: one that a crash left unreadable is made anew."""
    import duckdb

    if engine_file.exists():
        try:
            duckdb.connect(str(engine_file)).close()
        except duckdb.Error as error:
            if "Could not set lock" in str(error):
                raise LakeError(
                    "Another program has the engine's file open.", where=str(engine_file), todo="Close it, run again."
                ) from error
            engine_file.unlink()
            engine_file.with_name(engine_file.name + ".wal").unlink(missing_ok=True)


def _forget(engine_file: Path) -> None:
    """Without the engine's file everything is computed anew; without the notes, written anew."""
    for path in (engine_file, engine_file.with_name(engine_file.name + ".wal"), engine_file.with_name(NOTES)):
        path.unlink(missing_ok=True)


def _totals(engine_file: Path) -> tuple[Total, ...]:
    import duckdb

    with duckdb.connect(str(engine_file), read_only=True) as engine:
        rows = engine.execute(
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
