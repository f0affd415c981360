"""Files that appear whole, and lines divided over several of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

ROWS_PER_FILE = 1_000_000

_Line = TypeVar("_Line")


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
) -> list[str]:
    """Write lines as files of at most so many rows below `out`, and return their keys; `key_of` counts from one.

    Files of a higher number that an earlier, larger export left are overwritten with no rows, as AWS does when an
    export that overwrites shrinks. Raises OSError.
    """
    keys: list[str] = []
    for part in file_parts(lines, rows_per_file):
        keys.append(key_of(len(keys) + 1))
        write_whole(out / keys[-1], partial(write, part))
    left_over = len(keys) + 1
    while (out / key_of(left_over)).exists():
        nothing: Iterable[_Line] = ()
        write_whole(out / key_of(left_over), partial(write, nothing))
        left_over += 1
    return keys


def file_parts(lines: Iterable[_Line], rows_per_file: int) -> Iterator[Iterator[_Line]]:
    """The lines of each file. Each part must be read to its end before the next one is asked for."""
    left = iter(lines)
    for first in left:
        yield chain((first,), islice(left, rows_per_file - 1))
