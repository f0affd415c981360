"""Trino's types: their text in Trino, Hive and DuckDB, and which turns into which by itself."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp

from tests.support.local_aws.errors import fail, refuse

WHOLE = {"tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19}
NUMBERS = [*WHOLE, "decimal", "real", "double"]
HIVE_NAMES = {"int": "integer", "string": "varchar", "float": "real", "binary": "varbinary"}
DUCK_NAMES = {"real": "FLOAT", "varbinary": "BLOB", "json": "JSON", "unknown": "INTEGER", "time": "TIME"}


@dataclass(frozen=True)
class Type:
    """A type; `args` are numbers (decimal, varchar, timestamp), types (array, map) or named types (row)."""

    name: str
    args: tuple = ()

    def __str__(self) -> str:
        if self.name == "row":
            return "row(" + ", ".join(f"{name} {kind}" if name else str(kind) for name, kind in self.args) + ")"
        if self.name == "timestamp_tz":
            return f"timestamp({self.args[0]}) with time zone"
        between = "," if self.name == "decimal" else ", "
        return self.name + (f"({between.join(map(str, self.args))})" if self.args else "")

    @property
    def is_text(self) -> bool:
        return self.name in ("varchar", "char")

    @property
    def is_number(self) -> bool:
        return self.name in NUMBERS

    @property
    def is_whole(self) -> bool:
        return self.name in WHOLE

    @property
    def duck(self) -> str:
        """The DuckDB type in which values of this type are held."""
        match self.name:
            case "varchar" | "char":
                return "VARCHAR"
            case "decimal":
                return f"DECIMAL({self.args[0]}, {self.args[1]})"
            case "timestamp":
                return "TIMESTAMP"
            case "timestamp_tz":
                return "TIMESTAMPTZ"
            case "array":
                return f"{self.args[0].duck}[]"
            case "map":
                return f"MAP({self.args[0].duck}, {self.args[1].duck})"
            case "row":
                fields = ", ".join(f'"{name or f"field{at}"}" {kind.duck}' for at, (name, kind) in enumerate(self.args))
                return f"STRUCT({fields})"
            case "interval_day" | "interval_year":
                return "INTERVAL"
        return DUCK_NAMES.get(self.name, self.name.upper())

    @property
    def hive(self) -> str:
        """The type as Glue writes it."""
        match self.name:
            case "varchar":
                return f"varchar({self.args[0]})" if self.args else "string"
            case "integer":
                return "int"
            case "real":
                return "float"
            case "varbinary":
                return "binary"
            case "decimal":
                return f"decimal({self.args[0]},{self.args[1]})"
            case "timestamp":
                return "timestamp"
            case "array":
                return f"array<{self.args[0].hive}>"
            case "map":
                return f"map<{self.args[0].hive},{self.args[1].hive}>"
            case "row":
                return "struct<" + ",".join(f"{name}:{kind.hive}" for name, kind in self.args) + ">"
        return str(self)


def simple(name: str) -> Type:
    return Type(name)


BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT = map(Type, ("boolean", "tinyint", "smallint", "integer", "bigint"))
REAL, DOUBLE, VARCHAR, VARBINARY, DATE, JSON = map(Type, ("real", "double", "varchar", "varbinary", "date", "json"))
UNKNOWN, INTERVAL_DAY, INTERVAL_YEAR = map(Type, ("unknown", "interval_day", "interval_year"))


def decimal(precision: int, scale: int) -> Type:
    return Type("decimal", (precision, scale))


def timestamp(precision: int = 3) -> Type:
    return Type("timestamp", (precision,))


def timestamp_tz(precision: int = 3) -> Type:
    return Type("timestamp_tz", (precision,))


def array(item: Type) -> Type:
    return Type("array", (item,))


def map_of(key: Type, value: Type) -> Type:
    return Type("map", (key, value))


def as_decimal(kind: Type) -> Type:
    """A whole number's type as the decimal that holds all of its values."""
    return decimal(WHOLE[kind.name], 0) if kind.is_whole else kind


def common(left: Type, right: Type) -> Type | None:
    """The type to which both turn by themselves, or None: Trino's common super type."""
    if left == right or right == UNKNOWN:
        return left
    if left == UNKNOWN:
        return right
    if left.is_number and right.is_number:
        return _common_number(left, right)
    if left.is_text and right.is_text:
        lengths = [kind.args[0] if kind.args else None for kind in (left, right)]
        return VARCHAR if None in lengths else Type("varchar", (max(lengths),))
    moments = ("date", "timestamp", "timestamp_tz")
    if left.name in moments and right.name in moments:
        name = max(left.name, right.name, key=moments.index)
        return (
            Type(name, (max(kind.args[0] if kind.args else 0 for kind in (left, right)),)) if name != "date" else DATE
        )
    if left.name == right.name and left.name in ("array", "map"):
        parts = [common(a, b) for a, b in zip(left.args, right.args, strict=True)]
        return None if None in parts else Type(left.name, tuple(parts))
    if left.name == right.name == "row" and len(left.args) == len(right.args):
        fields = [(a if a == b else "", common(x, y)) for (a, x), (b, y) in zip(left.args, right.args, strict=True)]
        return None if any(kind is None for _, kind in fields) else Type("row", tuple(fields))
    return None


def _common_number(left: Type, right: Type) -> Type:
    rank = max(NUMBERS.index(left.name), NUMBERS.index(right.name))
    if NUMBERS[rank] != "decimal":
        return Type(NUMBERS[rank])
    (p1, s1), (p2, s2) = as_decimal(left).args, as_decimal(right).args
    scale = max(s1, s2)
    return decimal(min(38, max(p1 - s1, p2 - s2) + scale), scale)


def turns_into(kind: Type, target: Type) -> bool:
    """Whether a value is taken for another type without a cast."""
    if kind.is_text and target.is_text:
        return not target.args or (bool(kind.args) and kind.args[0] <= target.args[0])
    if kind.is_number and target.is_number:
        found = common(kind, target)
        return found is not None and found.name == target.name and (target.name != "decimal" or found == target)
    found = common(kind, target)
    return found is not None and found.name == target.name


def from_hive(text: str, is_iceberg: bool = False) -> Type:
    """A column's type in Glue. A Hive table's timestamp has milliseconds, an Iceberg table's microseconds."""
    kind, rest = _hive(text.strip().lower(), is_iceberg)
    if rest:
        raise refuse(f"the Hive type {text}")
    return kind


def _hive(text: str, is_iceberg: bool) -> tuple[Type, str]:
    found = re.match(r"[a-z_]+( with time zone)?", text)
    if not found:
        raise refuse(f"the Hive type {text}")
    name, rest = found[0], text[found.end() :]
    name = HIVE_NAMES.get(name, name)
    numbers = re.match(r"\(([\d, ]+)\)", rest)
    if numbers:
        args = tuple(int(number) for number in numbers[1].split(","))
        return Type(name, args if len(args) != 1 or name != "decimal" else (*args, 0)), rest[numbers.end() :]
    if name in ("array", "map", "struct") and rest.startswith("<"):
        return _hive_nested(name, rest[1:], is_iceberg)
    if name in ("timestamp", "timestamp with time zone", "timestamptz"):
        return (timestamp if name == "timestamp" else timestamp_tz)(6 if is_iceberg else 3), rest
    if name == "decimal":
        return decimal(10, 0), rest
    return Type(name), rest


def _hive_nested(name: str, rest: str, is_iceberg: bool) -> tuple[Type, str]:
    parts: list = []
    while not rest.startswith(">"):
        field = ""
        if name == "struct":
            field, _, rest = rest.partition(":")
        kind, rest = _hive(rest.strip(), is_iceberg)
        parts.append((field.strip(), kind) if name == "struct" else kind)
        rest = rest.lstrip(", ")
    return Type("row" if name == "struct" else name, tuple(parts)), rest[1:]


KINDS = {
    "INT": "integer", "FLOAT": "real", "VARBINARY": "varbinary", "TEXT": "text", "TIMESTAMPTZ": "timestamp_tz",
    "TIMESTAMPNTZ": "timestamp", "STRUCT": "row",
}  # fmt: skip
KNOWN = {
    "boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "decimal", "varchar", "char", "varbinary",
    "json", "date", "time", "timestamp", "timestamp_tz", "array", "map", "row",
}  # fmt: skip


def from_tree(node: exp.DataType) -> Type:
    """A type as a statement writes it. Only Trino's names pass: `text`, `string` and `float` are other engines'."""
    name = KINDS.get(node.this.name, node.this.name.lower())
    params = list(node.expressions)
    if name in ("array", "map"):
        return Type(name, tuple(from_tree(part) for part in params))
    if name == "row":
        return Type("row", tuple(_row_field(part) for part in params))
    if name not in KNOWN:
        raise fail("TYPE_NOT_FOUND", f"Unknown type: {name}", node)
    numbers = tuple(int(part.this.name) for part in params)
    if name == "decimal":
        return decimal(*(numbers + (38, 0)[len(numbers) :])) if numbers else decimal(38, 0)
    if name in ("timestamp", "timestamp_tz"):
        return Type(name, numbers or (3,))
    return Type(name, numbers)


def _row_field(part: exp.Expression) -> tuple[str, Type]:
    if isinstance(part, exp.ColumnDef):
        return part.name.lower(), from_tree(part.args["kind"])
    return "", from_tree(part)
