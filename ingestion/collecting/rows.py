"""Rows on their way into Parquet: only declared columns, moments in UTC, amounts exact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import TYPE_CHECKING, Any

from lake.collected.dictionary import arrow_schema, columns

if TYPE_CHECKING:
    import pyarrow as pa

    from ingestion.collecting.model import Row


_LAST_PLACE = Decimal("0.0000000001")


def table_of(source: str, rows: Iterable[Row]) -> pa.Table:
    """Rows as a table of the source's columns; what a row does not tell is null.

    Raises ValueError for a column that the source does not declare, and for a value that its type cannot hold.
    """
    import pyarrow as pa

    known = {column.name for column in columns(source)}
    made = []
    for row in rows:
        if not row.keys() <= known:
            raise ValueError(f"{source} declares no column {sorted(row.keys() - known)[0]}")
        made.append({name: _plain(value) for name, value in row.items()})
    schema = arrow_schema(source)
    try:
        return pa.Table.from_pylist(made, schema=schema)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(f"an answer does not fit the columns of {source}: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        # A moment without a zone would be anybody's guess.
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, Mapping):
        return sorted((str(key), text(inner)) for key, inner in value.items() if inner is not None)
    return value


def text(value: Any) -> str:
    """A value as text: booleans as SQL writes them, moments as ISO 8601 in UTC, lists with commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, list | tuple):
        return joined(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def money(told: Any) -> Decimal | None:
    """An amount to the last place that a table keeps, half to even; None for none. Raises ArithmeticError.

    AWS estimates in doubles: their shortest text is taken, not what their bits stand for.
    """
    if told is None or told == "":
        return None
    return Decimal(str(told)).quantize(_LAST_PLACE, ROUND_HALF_EVEN, Context(prec=38))


def joined(values: Iterable[Any]) -> str:
    """Several ids as one text, sorted."""
    return ",".join(sorted(str(value) for value in values if value))


def tags_of(told: Sequence[Mapping[str, Any]] | None) -> dict[str, str]:
    """AWS's list of keys and values as a map."""
    return {str(tag["Key"]): str(tag.get("Value") or "") for tag in told or ()}


def moment(told: Any) -> datetime | None:
    """A moment that AWS tells as text, or as a moment; None for what is neither."""
    if isinstance(told, datetime) or not told:
        return told or None
    try:
        return datetime.fromisoformat(str(told).replace("Z", "+00:00"))
    except ValueError:
        return None
