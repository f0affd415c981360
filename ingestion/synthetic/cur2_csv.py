"""CUR 2.0 as gzipped CSV: maps as JSON text, doubles as Java prints them, nothing for null, quotes for empty text."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from ingestion.synthetic.cells import OF_LINE, identity
from ingestion.synthetic.columns import COLUMNS, EMPTY_TEXT, Kind
from ingestion.synthetic.ledger import Month
from ingestion.synthetic.lines import Line, LineKind
from ingestion.synthetic.words import keep

_PLACE = {name: at for at, (name, _) in enumerate(COLUMNS)}


def write_csv(lines: Iterable[Line], month: Month, path: Path) -> None:
    """Write the lines as one csv.gz file with a header."""
    rendered: dict[LineKind, list[str]] = {}
    of_line = [(_PLACE[name], read) for name, read in OF_LINE.items()]
    # A fixed time in the gzip header keeps the bytes the same from run to run.
    with path.open("wb") as file, gzip.GzipFile(filename="", fileobj=file, mode="wb", mtime=0) as out:
        out.write((",".join(name for name, _ in COLUMNS) + "\n").encode())
        for line in lines:
            constants = rendered.get(line.kind)
            if constants is None:
                constants = keep(
                    rendered, line.kind, [_constant(name, kind, line.kind, month) for name, kind in COLUMNS]
                )
            cells = constants.copy()
            for at, read in of_line:
                cells[at] = printed(read(line))
            for name, amount in line.numbers.items():
                cells[_PLACE[name]] = java_double(amount)
            if line.discounts:
                cells[_PLACE["discount"]] = _json_map({key: float(amount) for key, amount in line.discounts.items()})
            out.write((",".join(cells) + "\n").encode())


def java_double(amount: Decimal | float) -> str:
    """A double as Java's Double.toString prints it: 24.0, 0.0104, 1.6E-6, 1.234E7."""
    number = float(amount)
    if number == 0:
        return "0.0"
    if 1e-3 <= abs(number) < 1e7:
        # Python writes these the same way.
        return repr(number)
    sign, digits, _ = Decimal(repr(number)).normalize().as_tuple()
    mantissa = "".join(map(str, digits))
    exponent = Decimal(repr(number)).adjusted()
    return f"{'-' if sign else ''}{mantissa[0]}.{mantissa[1:] or '0'}E{exponent}"


def printed(value: str | datetime | Decimal) -> str:
    """A cell as text: numbers as Java prints them, times in UTC with milliseconds."""
    if isinstance(value, Decimal):
        return java_double(value)
    return _moment(value) if isinstance(value, datetime) else value


@lru_cache(4096)
def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%dT%H:%M:%S.000Z}"


def _constant(name: str, kind: Kind, of: LineKind, month: Month) -> str:
    cell = of.cells.get(name)
    if name == "identity_line_item_id":
        return identity(of)
    if kind == "timestamp":
        whole = month.period.month
        return printed(whole.start if name.endswith("start_date") else whole.end)
    if kind.startswith("map"):
        return _json_map(dict(cell) if isinstance(cell, tuple) else {})
    if kind == "number":
        return java_double(cell) if isinstance(cell, Decimal) else "0.0"
    if kind == "text" and isinstance(cell, str) and cell:
        return quoted(cell)
    return '""' if name in EMPTY_TEXT else ""


def _json_map(pairs: Mapping[str, str | float]) -> str:
    return quoted(json.dumps(pairs, separators=(",", ":"))) if pairs else "{}"


def quoted(text: str) -> str:
    """A text as a csv cell, in quotes where it needs them."""
    return '"' + text.replace('"', '""') + '"' if any(mark in text for mark in ',"\n') else text
