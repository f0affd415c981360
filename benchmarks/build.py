"""What `finops build` takes after one changed month, against all months: `python -m benchmarks.build`."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Callable
from pathlib import Path

from benchmarks.inputs import Bill, finops, make_bill
from benchmarks.timing import Contestant, medians, run, show
from lake import zones

_MONTHS = (*(f"2025-{month:02}" for month in range(5, 13)), "2026-01", "2026-02", "2026-03", "2026-04")
_TINY = 1_000


def main() -> None:
    """Measure and print; see `--help` and README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True, help="folder for inputs and lakes; inputs are kept")
    parser.add_argument("--rows", type=int, default=200_000, help="rows of each month")
    parser.add_argument("--months", type=int, default=3, choices=range(2, len(_MONTHS) + 1))
    parser.add_argument("--runs", type=int, default=3, help="runs of each, interleaved")
    chosen = parser.parse_args()
    work: Path = chosen.work.resolve()
    work.mkdir(parents=True, exist_ok=True)
    months = _MONTHS[-chosen.months :]
    whole = _lake(work / "lake-whole", [make_bill(work, rows=chosen.rows, form="parquet", period=at) for at in months])
    tiny = _lake(work / "lake-tiny", [make_bill(work, rows=_TINY, form="parquet", period=months[-1])])
    found = medians(
        {
            "all months": Contestant(_build(whole), before=_forget_engine(whole)),
            "one month changed": Contestant(_build(whole), before=_change(work, whole, chosen.rows, months[-1])),
            "a tiny bill": Contestant(_build(tiny), before=_forget_engine(tiny)),
        },
        chosen.runs,
    )
    base = found["all months"]
    rows = [(name, took.wall / base.wall, took.cpu / base.cpu, f"{took.peak:,.0f} MiB") for name, took in found.items()]
    show(f"finops build, {len(months)} months of {chosen.rows:,} rows", ("of", "time", "processor time", "peak"), rows)
    left = found["one month changed"].wall - found["a tiny bill"].wall
    print(f"\nwithout start-up, one changed month costs {left / (base.wall - found['a tiny bill'].wall):.2f} of all")


def _lake(lake: Path, bills: list[Bill]) -> Path:
    shutil.rmtree(lake, ignore_errors=True)
    for bill in bills:
        run(Contestant(finops("--lake", str(lake), "ingest", "--bills", str(bill.folder))))
    return lake


def _build(lake: Path) -> list[str]:
    return finops("--lake", str(lake), "build")


def _forget_engine(lake: Path) -> Callable[[], None]:
    """The engine's file is a cache of what was computed; without it everything is computed anew."""
    return lambda: shutil.rmtree(lake / zones.ENGINE, ignore_errors=True)


def _change(work: Path, lake: Path, rows: int, period: str) -> Callable[[], None]:
    """AWS refreshes the newest month; each call lands another delivery of it than the lake has."""
    bills = [make_bill(work, rows=rows, form="parquet", period=period, refresh=at) for at in (1, 0)]

    def deliver() -> None:
        bills.append(bills.pop(0))
        run(Contestant(finops("--lake", str(lake), "ingest", "--bills", str(bills[-1].folder))))

    return deliver


if __name__ == "__main__":
    main()
