"""Runs commands as whole processes, in turn, and asks the operating system what each took."""

from __future__ import annotations

import math
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter


@dataclass(frozen=True)
class Took:
    """One command, children included: seconds by the clock, seconds of processor, most memory of one process in MiB."""

    wall: float
    cpu: float
    peak: float


@dataclass(frozen=True)
class Contestant:
    """A command to time, and a folder to clear before each run, so that every run does the whole work."""

    command: Sequence[str]
    clears: Path | None = None
    before: Callable[[], None] | None = None


def run(one: Contestant) -> Took:
    """Run a command once. Raises RuntimeError when it fails."""
    if one.clears is not None:
        shutil.rmtree(one.clears, ignore_errors=True)
    if one.before is not None:
        one.before()
    began = perf_counter()
    child = subprocess.Popen(one.command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall = perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"exit code {child.returncode}: {' '.join(one.command)[:300]}")
    # Linux counts in KiB, macOS in bytes.
    return Took(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024))


def medians(contestants: Mapping[str, Contestant], runs: int) -> dict[str, Took]:
    """The medians of so many runs of each, interleaved A B C A B C: a slow minute of the machine hits all of them."""
    found: dict[str, list[Took]] = {name: [] for name in contestants}
    for _ in range(runs):
        for name, one in contestants.items():
            found[name].append(run(one))
    return {
        name: Took(*(statistics.median(getattr(took, part) for took in all_of) for part in ("wall", "cpu", "peak")))
        for name, all_of in found.items()
    }


def slope(points: Sequence[tuple[float, float]]) -> float:
    """The exponent of growth: least squares through the logarithms of (size, time)."""
    xs, ys = ([math.log(point[at]) for point in points] for at in (0, 1))
    return statistics.linear_regression(xs, ys).slope


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table as Markdown, ready for the README."""
    print(f"\n{title}\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print("| " + " | ".join(f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row) + " |")
