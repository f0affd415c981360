"""Models of the dbt project as plain SQL, to be run on tables that are made up: by benchmarks, and by tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

PROJECT = Path(__file__).resolve().parents[1] / "dbt_project"


def compile_models(names: Sequence[str], folder: Path, **variables: object) -> dict[str, str]:
    """The models' SQL for DuckDB, in the order given; dbt works below `folder`. Raises RuntimeError if it fails."""
    import json

    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    (folder / "engine").mkdir(parents=True, exist_ok=True)
    before = os.environ.get("FINOPS_LAKE")
    os.environ["FINOPS_LAKE"] = str(folder)
    try:
        done = dbtRunner().invoke(
            [
                *("--quiet", "--log-level=none", "--log-level-file=none", "compile", "--select", *names),
                *(f"--project-dir={PROJECT}", f"--profiles-dir={PROJECT}", "--target=local"),
                *(f"--target-path={folder / 'target'}", f"--vars={json.dumps(variables)}"),
            ]
        )
        DuckDBConnectionManager.close_all_connections()
    finally:
        if before is None:
            del os.environ["FINOPS_LAKE"]
        else:
            os.environ["FINOPS_LAKE"] = before
    if not done.success:
        raise RuntimeError(f"dbt did not compile {', '.join(names)}: {done.exception}")
    found = {result.node.name: result.node.compiled_code for result in done.result.results}
    return {name: found[name] for name in names}


@contextmanager
def computed(models: Mapping[str, str], tables: Mapping[str, pa.Table]) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine in memory in which the models were computed, one after the other, from the tables."""
    with duckdb.connect() as engine:
        engine.execute(
            "attach ':memory:' as finops; create schema finops.build; create schema finops.marts; use finops"
        )
        engine.execute("set threads = 2; set enable_progress_bar = false")
        for name, rows in tables.items():
            engine.register("given", rows)
            engine.execute(f"create table finops.build.{name} as select * from given")
            engine.unregister("given")
        for name, sql in models.items():
            schema = "build" if name.startswith("int_") else "marts"
            engine.execute(f"create table finops.{schema}.{name} as {sql}")
        yield engine
