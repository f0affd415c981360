"""What all marts take, against one raw query on the same rows: `python -m benchmarks.marts --work /tmp/bench`.

The raw query is what a DuckDB user would type first: cost by resource and day. It is asked of the bill as csv.gz and of
the Parquet files of the lake. A tiny bill shows what a build takes whatever the bill's size: mostly dbt.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.inputs import finops, make_bill
from benchmarks.timing import Contestant, Took, medians, run, show, slope
from lake import zones

_TINY = 1_000
# As much as each of them may take: with Python's own the build stays below 4 GiB.
_MEMORY = "3GB"
_RAW = """
import sys, duckdb
engine = duckdb.connect()
engine.execute(f"set threads = 2; set memory_limit = '{sys.argv[2]}'")
print(engine.execute(
    "select count(*), sum(cost) from ("
    "select line_item_resource_id, cast(line_item_usage_start_date as date),"
    " sum(cast(line_item_unblended_cost as decimal(38, 10))) as cost"
    f" from {sys.argv[1]} group by 1, 2)"
).fetchall())
"""


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for inputs and lakes; inputs are kept")
    parser.add_argument("--sizes", default="1000000,3000000,10000000,30000000", help="rows of one month, with commas")
    parser.add_argument("--runs", type=int, default=1, help="runs of each, interleaved")
    chosen = parser.parse_args()
    work: Path = chosen.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("FINOPS_MEMORY", _MEMORY)
    tiny = _measure(work, _TINY, chosen.runs)[_MARTS]
    found = {size: _measure(work, size, chosen.runs) for size in map(int, chosen.sizes.split(","))}
    rows = [_row(f"{size:,}", took) for size, took in found.items()]
    show("All marts in one build, against one raw group by resource and day", _HEADER, rows)
    print(f"\nA bill of {_TINY:,} rows takes {tiny.wall:.0f} s, {tiny.cpu:.0f} s of processor time: dbt's own work.")
    if len(found) > 1:
        for name in ("wall", "cpu"):
            points = [(float(size), getattr(took[_MARTS], name)) for size, took in found.items()]
            print(f"Growth of {name}, log-log slope: {slope(points):.2f}")


_MARTS, _CSV, _PARQUET = "all marts", "raw query of the csv.gz", "raw query of the landed Parquet"
_RATIOS = [(name, raw) for raw in (_CSV, _PARQUET) for name in ("time", "processor time")]
_HEADER = ("rows", "time", "processor time", "peak", *(f"{name} : {raw}" for name, raw in _RATIOS))


def _measure(work: Path, rows: int, runs: int) -> dict[str, Took]:
    lake = work / "lake-marts"
    shutil.rmtree(lake, ignore_errors=True)
    as_csv, bill = (make_bill(work, rows=rows, form=form) for form in ("csv", "parquet"))
    run(Contestant(finops("--lake", str(lake), "ingest", "--bills", str(bill.folder))))
    # A cost as text, as it stands there: AWS promises no number of decimals.
    csv = f"read_csv('{as_csv.files[0].parent}/*.csv.gz', types = {{'line_item_unblended_cost': 'varchar'}})"
    landed = f"read_parquet('{lake}/landing/cur2/billing_period=*/delivery=*/*.parquet')"
    return medians(
        {
            _MARTS: Contestant(finops("--lake", str(lake), "build"), before=_forget(lake)),
            _CSV: Contestant([sys.executable, "-c", _RAW, csv, _MEMORY]),
            _PARQUET: Contestant([sys.executable, "-c", _RAW, landed, _MEMORY]),
        },
        runs,
    )


def _forget(lake: Path) -> Callable[[], None]:
    return lambda: [shutil.rmtree(lake / name, ignore_errors=True) for name in (zones.ENGINE, zones.MARTS)] and None


def _row(rows: str, took: dict[str, Took]) -> tuple[object, ...]:
    marts = took[_MARTS]
    ratios = (ratio for raw in (_CSV, _PARQUET) for ratio in (marts.wall / took[raw].wall, marts.cpu / took[raw].cpu))
    return (rows, f"{marts.wall:,.0f} s", f"{marts.cpu:,.0f} s", f"{marts.peak:,.0f} MiB", *ratios)


if __name__ == "__main__":
    main()
