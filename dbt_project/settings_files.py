"""The csv files that a user keeps in the lake's folder `settings`, line by line: one clear error for what is wrong."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from lake.errors import SettingsError
from lake.store import Store

# Their rows stand in statements of Athena, which takes none above 256 kB.
MOST_BYTES = 100_000
# A column that every file may have, for people.
REASON = "reason"


@dataclass(frozen=True)
class Line:
    """A row of a file, every cell as text without blanks around it; `where` names the file and the line."""

    cells: Mapping[str, str]
    where: str

    def __getitem__(self, column: str) -> str:
        """A cell; blank where nothing stands."""
        return self.cells[column]

    def require(self, is_right: object, what: str, todo: str) -> None:
        """Raise SettingsError that names the line, unless it is right."""
        if not is_right:
            raise SettingsError(what, where=self.where, todo=todo)

    def require_one_of(self, column: str, known: Collection[str]) -> None:
        """Raise SettingsError that lists what the cell may be, unless it is one of it."""
        what = f"{self[column]!r} is no {column}."
        self.require(self[column] in known, what, "Choose one of: " + ", ".join(known) + ".")


def read_lines(store: Store, key: str, columns: Sequence[str]) -> list[Line] | None:
    """The rows of a file, None where there is no file. Columns may stand in any order.

    Raises SettingsError for what is no csv, for columns that are missing or unknown, and for too large a file.
    """
    content = store.read(key)
    if content is None:
        return None
    where = store.location(key)
    if len(content) > MOST_BYTES:
        what = f"The file has more than {MOST_BYTES:,} bytes."
        raise SettingsError(what, where=where, todo="Leave out rows that no month needs any more.")
    try:
        reader = csv.reader(io.StringIO(content.decode("utf-8-sig")), strict=True)
        rows = [(reader.line_num, [cell.strip() for cell in row]) for row in reader if any(map(str.strip, row))]
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettingsError(f"The file is no csv: {error}.", where=where, todo="Save it as csv in UTF-8.") from error
    header = rows[0][1] if rows else []
    _require_columns(header, columns, where)
    lines = []
    for number, cells in rows[1:]:
        line = Line(dict(zip(header, cells, strict=False)), f"{where}, line {number}")
        what = f"The line has {len(cells)} cells, the first one {len(header)}."
        line.require(len(cells) == len(header), what, "Put a text with a comma into double quotes.")
        lines.append(line)
    return lines


def _require_columns(header: Sequence[str], columns: Sequence[str], where: str) -> None:
    todo = f"The first line names the columns: {','.join(columns)}, and {REASON} if you like."
    for name in columns:
        if name not in header:
            raise SettingsError(f"The column {name} is missing.", where=where, todo=todo)
    for name in header:
        if name not in (*columns, REASON) or header.count(name) > 1:
            raise SettingsError(f"There is no such column as {name!r}, or it is there twice.", where=where, todo=todo)
