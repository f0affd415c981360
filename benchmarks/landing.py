"""How fast bills land, as ratios to other programs measured in the same run: `python -m benchmarks.landing`."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.inputs import Bill, finops, make_bill
from benchmarks.timing import Contestant, Took, medians, show, slope

_TINY = 1_000


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for inputs and lakes; inputs are kept")
    parser.add_argument("--rows", type=int, default=500_000, help="rows of the side-by-side bills")
    parser.add_argument("--sizes", default="200000,500000,1000000", help="rows of the growth test, up to 30000000")
    parser.add_argument("--runs", type=int, default=3, help="runs of each, interleaved")
    parser.add_argument("--only", choices=("csv", "parquet", "growth"), help="one part only")
    chosen = parser.parse_args()
    work: Path = chosen.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    if chosen.only in (None, "csv"):
        csv_side_by_side(work, chosen.rows, chosen.runs)
    if chosen.only in (None, "parquet"):
        parquet_side_by_side(work, chosen.rows, chosen.runs)
    if chosen.only in (None, "growth"):
        for form in ("parquet", "csv"):
            growth(work, form, [int(size) for size in chosen.sizes.split(",")], chosen.runs)


def csv_side_by_side(work: Path, rows: int, runs: int) -> None:
    """Csv.gz: ours against zcat and against pandas in chunks."""
    bill = make_bill(work, rows=rows, form="csv")
    files = [str(path) for path in bill.files]
    found = medians(
        {
            "finops ingest": _ours(work, bill),
            "zcat \\| wc -l": Contestant(["sh", "-c", f"zcat {shlex.join(files)} | wc -l"]),
            "pandas in chunks": _rival(work, "pandas", files),
        },
        runs,
    )
    _show(f"CUR 2.0 csv.gz, {bill.rows:,} rows", found)


def parquet_side_by_side(work: Path, rows: int, runs: int) -> None:
    """CUR 2.0 Parquet: ours against pyarrow's dataset writer."""
    bill = make_bill(work, rows=rows, form="parquet")
    files = [str(path) for path in bill.files]
    found = medians({"finops ingest": _ours(work, bill), "pyarrow dataset": _rival(work, "arrow", files)}, runs)
    _show(f"CUR 2.0 Parquet, {bill.rows:,} rows", found)


def growth(work: Path, form: str, sizes: Sequence[int], runs: int) -> None:
    """How time and memory grow with rows. What a tiny bill takes is start-up, and is left out of the exponent."""
    bills = {f"{rows:,}": make_bill(work, rows=rows, form=form) for rows in (_TINY, *sizes)}
    found = medians({name: _ours(work, bill) for name, bill in bills.items()}, runs)
    tiny = found[f"{_TINY:,}"]
    points = [(bill.rows, found[name]) for name, bill in bills.items() if name != f"{_TINY:,}"]
    least = points[0][1]
    rows = [
        (f"{size:,}", (took.wall - tiny.wall) / (least.wall - tiny.wall), f"{took.peak:,.0f} MiB")
        for size, took in points
    ]
    show(f"Growth, {form}", ("rows", "time, smallest = 1", "peak memory"), rows)
    clock = slope([(size, took.wall - tiny.wall) for size, took in points])
    processor = slope([(size, took.cpu - tiny.cpu) for size, took in points])
    print(f"\nlog-log slope: {clock:.2f} by the clock, {processor:.2f} in processor time")


def _ours(work: Path, bill: Bill) -> Contestant:
    lake = work / "lake"
    return Contestant(finops("--lake", str(lake), "ingest", "--bills", str(bill.folder)), clears=lake)


def _rival(work: Path, way: str, files: list[str]) -> Contestant:
    out = work / f"out-{way}"
    return Contestant([sys.executable, "-m", "benchmarks.rivals", way, str(out), *files], clears=out)


def _show(title: str, found: dict[str, Took]) -> None:
    ours = next(iter(found.values()))
    rows = [(name, ours.wall / took.wall, ours.cpu / took.cpu, f"{took.peak:,.0f} MiB") for name, took in found.items()]
    show(title, ("against", "finops takes × its time", "× its processor time", "its peak memory"), rows)


if __name__ == "__main__":
    main()
