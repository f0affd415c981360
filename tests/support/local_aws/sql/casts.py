"""CAST as Trino does it, in DuckDB's SQL. What DuckDB would take more kindly than Trino fails here too."""

from __future__ import annotations

from typing import Any

from tests.support.local_aws.errors import fail, refuse
from tests.support.local_aws.sql.names import Typed, quote, quote_text
from tests.support.local_aws.types import Type

MOMENTS = ("date", "timestamp", "timestamp_tz")


def held_as(typed: Typed, target: Type) -> Typed:
    """A value taken for the type that both sides share, without which DuckDB would choose its own."""
    if typed.type == target:
        return typed
    if typed.type.duck == target.duck and typed.type.name != "unknown":
        return Typed(typed.sql, target, typed.literal)
    return Typed(f"CAST({typed.sql} AS {target.duck})", target)


def cast(typed: Typed, target: Type, node: Any, is_try: bool = False) -> Typed:
    """`CAST` or `TRY_CAST`."""
    source = typed.type
    if source == target:
        return typed
    if source.name == "unknown":
        return Typed(f"CAST(NULL AS {target.duck})", target)
    sql = _cast(typed, target, node)
    if is_try:
        return Typed(_tried(sql), target)
    return Typed(sql, target, typed.literal if source.is_whole and target.is_whole else None)


def _tried(sql: str) -> str:
    """The same cast, null where it would fail. Every part of it that may fail is a CAST or a checked cast."""
    return sql.replace("CAST(", "TRY_CAST(").replace("trino_checked_cast(", "trino_tried_cast(")


def _cast(typed: Typed, target: Type, node: Any) -> str:
    source, sql = typed.type, typed.sql
    if target.is_text:
        return _to_text(typed, target)
    if source.is_text:
        return _from_text(sql, target, node)
    if target.name == "json":
        return to_json(typed)
    if source.name == "json":
        return _from_json(sql, target)
    if source.is_number and target.is_number:
        return _number(sql, source, target)
    if (source.name == "boolean" and target.is_number) or (source.is_number and target.name == "boolean"):
        return f"CAST({sql} AS {target.duck})"
    if source.name in MOMENTS and target.name in MOMENTS:
        return _moment(sql, source, target)
    if source.name == target.name == "row" and len(source.args) == len(target.args):
        return _row(typed, target, node)
    if source.name == target.name and source.name in ("array", "map"):
        return f"CAST({sql} AS {target.duck})"
    raise fail("TYPE_MISMATCH", f"Cannot cast {source} to {target}", node)


def _row(typed: Typed, target: Type, node: Any) -> str:
    """Fields turn into fields by their place, whatever they are called."""
    parts = []
    for at, ((old, kind), (new, to)) in enumerate(zip(typed.type.args, target.args, strict=True)):
        part = Typed(f"struct_extract({typed.sql}, {quote_text(old or f'field{at}')})", kind)
        parts.append(f"{quote(new or f'field{at}')} := {cast(part, to, node).sql}")
    return f"CASE WHEN {typed.sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"


def _number(sql: str, source: Type, target: Type) -> str:
    if source.name in ("double", "real") and target.name == "decimal":
        # By way of the shortest text that means this double, as Java's BigDecimal.valueOf does.
        return f"CAST(trino_plain_digits(CAST({sql} AS VARCHAR)) AS {target.duck})"
    if source.name in ("double", "real") and target.is_whole:
        return f"CAST(round({sql}) AS {target.duck})"
    return f"CAST({sql} AS {target.duck})"


def _moment(sql: str, source: Type, target: Type) -> str:
    plain = f"CAST({sql} AS {target.duck})"
    if target.name == "date" or source.name == "date":
        return plain
    return with_precision(plain, target.args[0]) if source.args[0] > target.args[0] else plain


def with_precision(sql: str, precision: int) -> str:
    """A timestamp rounded to so many digits of a second."""
    return sql if precision >= 6 else f"trino_round_time({sql}, {10 ** (6 - precision)})"


def _to_text(typed: Typed, target: Type) -> str:
    source, sql = typed.type, typed.sql
    if source.is_text:
        text = sql
    elif source.name in ("double", "real"):
        text = f"trino_{source.name}_text({sql})"
    elif source.name == "timestamp":
        text = f"trino_timestamp_text({sql}, {source.args[0]})"
    elif source.name == "timestamp_tz":
        text = f"(trino_timestamp_text(CAST({sql} AS TIMESTAMP), {source.args[0]}) || ' UTC')"
    elif source.name == "decimal" and source.args[0] == source.args[1] < 38:
        # DuckDB leaves out a zero before the point that the type has no room for.
        text = f"CAST(CAST({sql} AS DECIMAL({source.args[0] + 1}, {source.args[1]})) AS VARCHAR)"
    elif source.name in ("boolean", "date", "decimal", "tinyint", "smallint", "integer", "bigint"):
        text = f"CAST({sql} AS VARCHAR)"
    elif source.name == "json":
        text = f"({sql} ->> '$')"
    else:
        raise refuse(f"a cast of {source} to {target}")
    return f"substr({text}, 1, {target.args[0]})" if target.args and source != target else text


FORMS = {
    "date": r"\s*[-+]?\d{4,}-\d{1,2}-\d{1,2}\s*",
    "timestamp": r"\s*[-+]?\d{4,}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?\s*",
    "timestamp_tz": r"\s*[-+]?\d{4,}-\d{1,2}-\d{1,2}( \d{1,2}:\d{1,2}(:\d{1,2}(\.\d+)?)?)?\s*(UTC|Z|[-+]\d\d:\d\d)?\s*",
    "whole": r"[-+]?\d+",
}


def _from_text(sql: str, target: Type, node: Any) -> str:
    form = "whole" if target.is_whole else target.name
    if form in FORMS:
        plain = f"CAST({sql} AS {target.duck})"
        if form.startswith("timestamp"):
            plain = with_precision(plain, target.args[0])
        return f"trino_checked_cast({sql}, {quote_text(FORMS[form])}, {plain}, {quote_text(str(target))})"
    if target.name in ("decimal", "double", "real"):
        return f"CAST({sql} AS {target.duck})"
    if target.name == "boolean":
        return f"CAST({sql} AS BOOLEAN)"
    if target.name == "json":
        return f"CAST(to_json({sql}) AS JSON)"
    if target.name == "varbinary":
        raise fail("TYPE_MISMATCH", f"Cannot cast varchar to {target}", node)
    raise fail("TYPE_MISMATCH", f"Cannot cast varchar to {target}", node)


def to_json(typed: Typed) -> str:
    """`CAST(x AS JSON)`: a map's keys come in order."""
    if typed.type.name == "map":
        if typed.type.args[0].name != "varchar" or typed.type.args[1].name in ("map", "row", "array"):
            raise refuse(f"a cast of {typed.type} to json")
        return f"trino_map_json({typed.sql})"
    if typed.type.name in ("boolean", "varchar", "array") or typed.type.is_whole:
        return f"CAST(to_json({typed.sql}) AS JSON)"
    raise refuse(f"a cast of {typed.type} to json")


def _from_json(sql: str, target: Type) -> str:
    if target.name in ("double", "boolean", "array", "map") or target.is_whole:
        return f"CAST({sql} AS {target.duck})"
    raise refuse(f"a cast of json to {target}")
