"""Files that appear whole, and lines divided over several of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

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


def file_parts(lines: Iterable[_Line], rows_per_file: int) -> Iterator[Iterator[_Line]]:
    """The lines of each file. Each part must be read to its end before the next one is asked for."""
    left = iter(lines)
    for first in left:
        yield chain((first,), islice(left, rows_per_file - 1))
