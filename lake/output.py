"""What a person or a machine gets to see: lines and tables, progress on a terminal, or one JSON document."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from lake.errors import FinopsError

Cell = str | int | Decimal | float | date | None


def money(amount: Decimal | None, currency: str = "USD", places: int = 2) -> str:
    """An amount as people read it: `1,234.50 USD`; an unknown amount is a dash, never a zero."""
    return "–" if amount is None else f"{amount:z,.{places}f} {currency}"


@dataclass
class Output:
    """Where a command speaks. Results go to stdout, progress and errors to stderr.

    With `as_json`, stdout carries exactly one JSON document, made of what the steps reported with `report`.
    """

    as_json: bool = False
    quiet: bool = False
    verbose: bool = False
    document: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.configure(as_json=self.as_json, quiet=self.quiet, verbose=self.verbose)

    def configure(self, *, as_json: bool, quiet: bool, verbose: bool) -> None:
        """Choose how to speak, once the command line is read."""
        self.as_json, self.quiet, self.verbose = as_json, quiet, verbose
        wide = None if sys.stdout.isatty() else 132
        self._out = Console(highlight=False, quiet=self.as_json or self.quiet, width=wide)
        self._err = Console(stderr=True, highlight=False)

    def say(self, line: str) -> None:
        """One line for a person."""
        self._out.print(line, markup=False, soft_wrap=True)

    def raw(self, content: bytes) -> None:
        """A file's bytes on stdout, as they are: what a person asked to have piped."""
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()

    def warn(self, line: str) -> None:
        """Something the user should know that stops nothing; shown even when quiet."""
        self._err.print(f"[yellow]warning:[/] {_escape(line)}", soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """A table for a person; columns whose cells are numbers are set right."""
        grid = Table(
            title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False
        )
        for index, column in enumerate(columns):
            filled = [row[index] for row in rows if row[index] not in (None, "", "–")]
            numeric = bool(filled) and all(_is_numeric(cell) for cell in filled)
            grid.add_column(column, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            grid.add_row(*("–" if cell is None else _escape(str(cell)) for cell in row))
        self._out.print()
        self._out.print(grid)

    def report(self, step: str, result: Mapping[str, Any]) -> None:
        """What a step did, for machines. Decimals become text, so that no digit is lost."""
        self.document[step] = dict(result)

    def flush(self) -> None:
        """Print the JSON document, once, if that was asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(self.document, default=_plain, indent=2) + "\n")

    def error(self, error: FinopsError) -> None:
        """One readable block: what, where, what to do."""
        self._err.print(f"[bold red]error:[/] {_escape(error.what)}", soft_wrap=True)
        if error.where:
            self._err.print(f"  where: {_escape(error.where)}", soft_wrap=True)
        if error.todo:
            self._err.print(f"  to do: {_escape(error.todo)}", soft_wrap=True)

    def traceback(self, error: Exception) -> None:
        """An error in full, on stderr: what `-v` is for."""
        self._err.print("".join(traceback.format_exception(error)), markup=False)

    @contextmanager
    def progress(self, what: str, total: float | None = None) -> Iterator[_Advance]:
        """A progress line on a terminal, nothing elsewhere. The caller advances it in its own units."""
        shown = not self.as_json and not self.quiet and self._err.is_terminal
        bar = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
            console=self._err,
            transient=True,
            disable=not shown,
        )
        with bar:
            task = bar.add_task(what, total=total)
            yield _Advance(bar, task)


class _Advance:
    def __init__(self, bar: Progress, task: Any) -> None:
        self._bar = bar
        self._task = task

    def __call__(self, by: float = 1, what: str | None = None) -> None:
        """Advance by so many units and, if given, name what is done now."""
        if what is None:
            self._bar.update(self._task, advance=by)
        else:
            self._bar.update(self._task, advance=by, description=what)


def _escape(text: str) -> str:
    return text.replace("[", "\\[")


def _is_numeric(cell: Cell) -> bool:
    if isinstance(cell, str):
        return bool(cell) and cell.lstrip("+-−").replace(",", "")[:1].isdigit() and cell[-1:] in "0123456789%DRPY"
    return isinstance(cell, int | float | Decimal) and not isinstance(cell, bool)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
