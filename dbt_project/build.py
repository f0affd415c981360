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

from dbt_project.landing import local_lake
from dbt_project.publish import Published, publish
from lake import zones
from lake.errors import CheckFailedError, LakeError, SettingsError
from lake.settings import Profile
from lake.workspace import Workspace

PROJECT = Path(__file__).parent


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


@dataclass(frozen=True)
class BuildReport:
    """What a build made: the marts, the totals they add up to, and the warnings that stopped nothing."""

    marts: tuple[Published, ...]
    totals: tuple[Total, ...]
    warnings: tuple[str, ...]
    check_count: int


def build(ws: Workspace) -> BuildReport:
    """Compute every model and check, then publish the marts. The caller holds the lake's lock.

    Raises LakeError without an accepted bill, and CheckFailedError when a model or check fails: then nothing is
    published and the last good marts stay.
    """
    if ws.settings.profile is not Profile.LOCAL:
        raise SettingsError(
            "Building on Athena is not part of this version: its models compile, no more.",
            where="--profile",
            todo="Use --profile local; its lake may lie in S3 as well.",
        )
    root = local_lake(ws.store)
    _drop_unreadable(root / zones.ENGINE_FILE)
    results = _run_dbt(ws, root)
    warnings = tuple(_told(result) for result in results if result.status == "warn")
    checks = sum(result.node.resource_type == "test" for result in results)
    with ws.out.progress("Publishing the marts"):
        marts = publish(ws.store, root / zones.ENGINE_FILE)
    return BuildReport(marts, _totals(root / zones.ENGINE_FILE), warnings, checks)


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


def _totals(engine_file: Path) -> tuple[Total, ...]:
    import duckdb

    with duckdb.connect(str(engine_file), read_only=True) as engine:
        rows = engine.execute(
            """
            select billing_period, billing_account_id, billing_currency, max(actual_charge_count),
                max(actual_cost) filter (where table_name = 'daily_costs' and measure = 'billed_cost'),
                max(actual_cost) filter (where table_name = 'daily_costs' and measure = 'amortized_cost'),
                bool_and(is_reconciled)
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
