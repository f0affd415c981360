"""Scalar functions that need more than a signature: their type depends on a value, or their arguments are code."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.support.local_aws.errors import fail, refuse
from tests.support.local_aws.sql.casts import held_as, to_json
from tests.support.local_aws.sql.names import Typed, quote_text
from tests.support.local_aws.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    UNKNOWN,
    VARCHAR,
    Type,
    array,
    common,
    decimal,
    map_of,
    timestamp,
)

Call = Callable[[list[Typed], Any], Typed]
UNITS = {"millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"}
TIMES = {"millisecond", "second", "minute", "hour"}


def no_fit(name: str, args: list[Typed], node: Any) -> Exception:
    kinds = ", ".join(str(arg.type) for arg in args)
    return fail("TYPE_MISMATCH", f"Unexpected parameters ({kinds}) for function {name}", node)


def literal_text(arg: Typed, what: str) -> str:
    if not isinstance(arg.literal, str):
        raise refuse(f"{what} other than as a literal")
    return arg.literal


def shared_type(args: list[Typed], what: str, node: Any) -> Type:
    """The type to which all turn, for COALESCE and its like."""
    kind = args[0].type
    for arg in args[1:]:
        found = common(kind, arg.type)
        if found is None:
            raise fail("TYPE_MISMATCH", f"{what}: {kind} vs {arg.type}", node)
        kind = found
    return kind


def coalesce(args: list[Typed], node: Any) -> Typed:
    if len(args) < 2:
        raise fail("SYNTAX_ERROR", "The 'coalesce' function must have at least two arguments", node)
    kind = shared_type(args, "All COALESCE operands must be the same type", node)
    return Typed(f"coalesce({', '.join(held_as(arg, kind).sql for arg in args)})", kind)


def nullif(args: list[Typed], node: Any) -> Typed:
    kind = shared_type(args, "Types are not comparable with NULLIF", node)
    first, second = args
    return Typed(
        f"CASE WHEN {held_as(first, kind).sql} = {held_as(second, kind).sql} THEN NULL ELSE {first.sql} END", first.type
    )


def extreme(name: str) -> Call:
    """GREATEST and LEAST: null as soon as one is."""

    def call(args: list[Typed], node: Any) -> Typed:
        kind = shared_type(args, f"All {name} operands must be the same type", node)
        held = [held_as(arg, kind).sql for arg in args]
        any_null = " OR ".join(f"{one} IS NULL" for one in held)
        return Typed(f"CASE WHEN {any_null} THEN NULL ELSE {name}({', '.join(held)}) END", kind)

    return call


def concat(args: list[Typed], node: Any) -> Typed:
    if any(arg.type.name == "array" for arg in args):
        kind = shared_type(args, "concat", node)
        return Typed(f"list_concat({', '.join(held_as(arg, kind).sql for arg in args)})", kind)
    if not all(arg.type.is_text or arg.type == UNKNOWN for arg in args):
        raise no_fit("concat", args, node)
    return Typed("(" + " || ".join(held_as(arg, VARCHAR).sql for arg in args) + ")", VARCHAR)


def round_number(args: list[Typed], node: Any) -> Typed:
    kind = args[0].type
    digits = args[1] if len(args) > 1 else None
    if kind.is_whole and digits is None:
        return args[0]
    if kind.name == "decimal":
        precision, scale = kind.args
        result = (
            decimal(min(38, precision + 1), scale) if digits else decimal(min(38, precision - scale + min(1, scale)), 0)
        )
        if digits and not isinstance(digits.literal, int):
            raise refuse("round of a decimal to digits that are not a literal")
        return Typed(f"CAST(round({args[0].sql}, {digits.sql if digits else 0}) AS {result.duck})", result)
    if kind.name not in ("double", "real"):
        raise no_fit("round", args, node)
    return Typed(f"round({args[0].sql}{', ' + digits.sql if digits else ''})", kind)


def to_whole(name: str) -> Call:
    """CEIL and FLOOR."""

    def call(args: list[Typed], node: Any) -> Typed:
        kind = args[0].type
        if kind.is_whole:
            return args[0]
        if kind.name == "decimal":
            precision, scale = kind.args
            result = decimal(precision - scale + min(scale, 1), 0)
            return Typed(f"CAST({name}({args[0].sql}) AS {result.duck})", result)
        return Typed(f"{name}({held_as(args[0], DOUBLE).sql})", DOUBLE)

    return call


def unit_of(arg: Typed, known: set[str], node: Any) -> str:
    unit = literal_text(arg, "a unit of time").lower()
    if unit not in known:
        raise fail("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid TIMESTAMP field", node)
    return unit


def date_unit(arg: Typed, moment: Type, node: Any) -> str:
    unit = unit_of(arg, UNITS, node)
    if moment == DATE and unit in TIMES:
        raise fail("INVALID_FUNCTION_ARGUMENT", f"'{unit}' is not a valid DATE field", node)
    return unit


def date_diff(args: list[Typed], node: Any) -> Typed:
    """Whole units elapsed, not boundaries crossed."""
    if len(args) != 3:
        raise no_fit("date_diff", args, node)
    shared = common(args[1].type, args[2].type)
    if shared is None or shared.name not in ("date", "timestamp", "timestamp_tz"):
        raise no_fit("date_diff", args, node)
    unit = date_unit(args[0], shared, node)
    first, second = (held_as(arg, shared).sql for arg in args[1:])
    return Typed(f"date_sub('{unit}', {first}, {second})", BIGINT)


def date_add(args: list[Typed], node: Any) -> Typed:
    if len(args) != 3 or not args[1].type.is_whole or args[2].type.name not in ("date", "timestamp", "timestamp_tz"):
        raise no_fit("date_add", args, node)
    unit = date_unit(args[0], args[2].type, node)
    moved = f"({args[2].sql} + CAST({args[1].sql} AS INTEGER) * INTERVAL 1 {unit.upper()})"
    return Typed(f"CAST({moved} AS DATE)" if args[2].type == DATE else moved, args[2].type)


def date_trunc(args: list[Typed], node: Any) -> Typed:
    if len(args) != 2 or args[1].type.name not in ("date", "timestamp", "timestamp_tz"):
        raise no_fit("date_trunc", args, node)
    unit = date_unit(args[0], args[1].type, node)
    return Typed(f"CAST(date_trunc('{unit}', {args[1].sql}) AS {args[1].type.duck})", args[1].type)


MYSQL = {"i": "M", "s": "S", "M": "B", "H": "H", "Y": "Y", "m": "m", "d": "d", "y": "y", "S": "S", "j": "j", "b": "b",
         "a": "a", "W": "A", "p": "p", "f": "f", "e": "-d", "c": "-m", "%": "%", "h": "I", "I": "I", "k": "-H",
         "l": "-I"}  # fmt: skip


def mysql_format(text: str) -> str:
    """A MySQL date format as strftime writes it."""

    def one(found: re.Match[str]) -> str:
        letter = found[1]
        if letter == "T":
            return "%H:%M:%S"
        if letter not in MYSQL:
            raise refuse(f"the date format %{letter}")
        return "%" + MYSQL[letter]

    return re.sub(r"%(.)", one, text)


JODA = [
    ("yyyy", "%Y"),
    ("MM", "%m"),
    ("dd", "%d"),
    ("HH", "%H"),
    ("mm", "%M"),
    ("ss", "%S"),
    ("SSS", "%g"),
    ("'T'", "T"),
]


def joda_format(text: str) -> str:
    """The common part of Joda's date formats as strftime writes it."""
    out, rest = "", text
    while rest:
        for known, form in sorted(JODA, key=lambda one: -len(one[0])):
            if rest.startswith(known):
                out, rest = out + form, rest[len(known) :]
                break
        else:
            if rest[0].isalpha() or rest[0] == "'":
                raise refuse(f"the date format {text}")
            out, rest = out + rest[0], rest[1:]
    return out


def formatted(reader: Callable[[str], str]) -> Call:
    def call(args: list[Typed], node: Any) -> Typed:
        if args[0].type.name not in ("date", "timestamp", "timestamp_tz"):
            raise no_fit("date_format", args, node)
        form = reader(literal_text(args[1], "a date format"))
        return Typed(f"strftime(CAST({args[0].sql} AS TIMESTAMP), {quote_text(form)})", VARCHAR)

    return call


def date_parse(args: list[Typed], node: Any) -> Typed:
    form = mysql_format(literal_text(args[1], "a date format"))
    return Typed(f"strptime({args[0].sql}, {quote_text(form)})", timestamp(3))


def date_of(args: list[Typed], node: Any) -> Typed:
    from tests.support.local_aws.sql.casts import cast

    return cast(args[0], DATE, node)


def regexp_replace(args: list[Typed], node: Any) -> Typed:
    new = literal_text(args[2], "a replacement in regexp_replace")
    form = re.sub(r"\$(\d)", r"\\\1", new.replace("\\", "\\\\"))
    return Typed(f"regexp_replace({args[0].sql}, {args[1].sql}, {quote_text(form)}, 'g')", VARCHAR)


def json_of(args: list[Typed], node: Any) -> Typed:
    return Typed(to_json(args[0]), Type("json"))


def typeof(args: list[Typed], node: Any) -> Typed:
    return Typed(quote_text(str(args[0].type)), VARCHAR)


def map_from_entries(args: list[Typed], node: Any) -> Typed:
    kind = args[0].type
    if kind.name != "array" or kind.args[0].name != "row" or len(kind.args[0].args) != 2:
        raise no_fit("map_from_entries", args, node)
    (_, key), (_, value) = kind.args[0].args
    return Typed(f"map_from_entries({args[0].sql})", map_of(key, value))


def map_entries(args: list[Typed], node: Any) -> Typed:
    key, value = args[0].type.args
    return Typed(f"map_entries({args[0].sql})", array(Type("row", (("", key), ("", value)))))


def row(args: list[Typed], node: Any) -> Typed:
    kind = Type("row", tuple(("", arg.type) for arg in args))
    fields = ", ".join(f"field{at} := {arg.sql}" for at, arg in enumerate(args))
    return Typed(f"struct_pack({fields})", kind)


def attempt(args: list[Typed], node: Any) -> Typed:
    return Typed(f"TRY({args[0].sql})", args[0].type)


def truncated(args: list[Typed], node: Any) -> Typed:
    if len(args) != 1 or args[0].type.name not in ("double", "real"):
        raise refuse("truncate of anything but a double")
    return Typed(f"trino_truncate({args[0].sql})", args[0].type)


def modulus(args: list[Typed], node: Any) -> Typed:
    from tests.support.local_aws.sql.operators import arithmetic

    return arithmetic("%", args[0], args[1], node)


def is_distinct(left: Typed, right: Typed, node: Any) -> Typed:
    kind = shared_type([left, right], "Cannot apply operator IS DISTINCT FROM", node)
    return Typed(f"({held_as(left, kind).sql} IS DISTINCT FROM {held_as(right, kind).sql})", BOOLEAN)


SPECIAL: dict[str, Call] = {
    "coalesce": coalesce, "nullif": nullif, "greatest": extreme("greatest"), "least": extreme("least"),
    "concat": concat, "round": round_number, "ceil": to_whole("ceil"), "ceiling": to_whole("ceil"),
    "floor": to_whole("floor"), "truncate": truncated, "mod": modulus, "date_diff": date_diff, "date_add": date_add,
    "date_trunc": date_trunc, "date_format": formatted(mysql_format), "format_datetime": formatted(joda_format),
    "date_parse": date_parse, "date": date_of, "regexp_replace": regexp_replace, "typeof": typeof,
    "map_from_entries": map_from_entries, "map_entries": map_entries, "row": row, "try": attempt,
}  # fmt: skip
