"""Files that appear whole, and lines divided over several of them, a batch at a time."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

ROWS_PER_FILE = 1_000_000
_BATCH = 8192

# Who is told how many more lines are done, or events made.
Watch = Callable[[int], None]

_Line = TypeVar("_Line")


def unwatched(_: int) -> None:
    """Nobody looks on."""


def write_whole(target: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `target` and put it in its place when it is whole. Raises OSError."""
    target.parent.mkdir(parents=True, exist_ok=True)
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        write(aside)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def write_parts(
    lines: Iterable[_Line],
    rows_per_file: int,
    out: Path,
    key_of: Callable[[int], str],
    write: Callable[[Iterable[_Line], Path], None],
    watch: Watch = unwatched,
) -> list[str]:
    """Write lines as files of at most so many rows below `out`, and return their keys; `key_of` counts from one.

    Files of a higher number that an earlier, larger export left are overwritten with no rows, as AWS does when an
    export that overwrites shrinks. Raises OSError.
    """
    keys: list[str] = []
    for part in file_parts(_watched(lines, watch), rows_per_file):
        keys.append(key_of(len(keys) + 1))
        write_whole(out / keys[-1], partial(write, part))
    left_over = len(keys) + 1
    while (out / key_of(left_over)).exists():
        nothing: Iterable[_Line] = ()
        write_whole(out / key_of(left_over), partial(write, nothing))
        left_over += 1
    return keys


def _watched(lines: Iterable[_Line], watch: Watch) -> Iterator[_Line]:
    for batch in batches(lines, _BATCH):
        yield from batch
        watch(len(batch))


def batches(lines: Iterable[_Line], size: int) -> Iterator[list[_Line]]:
    """The lines in lists of at most `size`, so that no more of them need to be in memory."""
    left = iter(lines)
    while batch := list(islice(left, size)):
        yield batch


def file_parts(lines: Iterable[_Line], rows_per_file: int) -> Iterator[Iterator[_Line]]:
    """The lines of each file. Each part must be read to its end before the next one is asked for."""
    left = iter(lines)
    for first in left:
        yield chain((first,), islice(left, rows_per_file - 1))
