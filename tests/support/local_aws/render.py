"""Values as Athena prints them in results."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
from typing import Any

from tests.support.local_aws.types import Type

TYPE_NAMES = {"real": "float", "timestamp_tz": "timestamp with time zone", "interval_day": "interval day to second",
              "interval_year": "interval year to month"}  # fmt: skip


def double_text(value: float) -> str:
    """A double as Java prints it: scientific from ten million up and below a thousandth."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    if 1e-3 <= abs(value) < 1e7:
        text = format(decimal.Decimal(repr(value)), "f")
        return text if "." in text else text + ".0"
    sign, digits, exponent = decimal.Decimal(repr(value)).as_tuple()
    power = len(digits) - 1 + int(exponent)
    rest = "".join(map(str, digits[1:])).rstrip("0") or "0"
    return f"{'-' if sign else ''}{digits[0]}.{rest}E{power}"


def text(value: Any, kind: Type) -> str | None:
    """A value in a row of results."""
    if value is None:
        return None
    match kind.name:
        case "boolean":
            return "true" if value else "false"
        case "double":
            return double_text(float(value))
        case "real":
            return double_text(float(f"{value:.9g}"))
        case "decimal":
            return format(value, f".{kind.args[1]}f")
        case "timestamp":
            return moment(value, kind.args[0])
        case "timestamp_tz":
            return moment(value.astimezone(dt.UTC), kind.args[0]) + " UTC"
        case "varbinary":
            return " ".join(f"{byte:02x}" for byte in value)
        case "array":
            return "[" + ", ".join(inner(item, kind.args[0]) for item in value) + "]"
        case "map":
            pairs = value.items() if isinstance(value, dict) else value
            return "{" + ", ".join(f"{inner(k, kind.args[0])}={inner(v, kind.args[1])}" for k, v in pairs) + "}"
        case "row":
            items = zip(value.values() if isinstance(value, dict) else value, kind.args, strict=True)
            return (
                "{"
                + ", ".join(
                    f"{name or f'field{at}'}={inner(item, sub)}" for at, (item, (name, sub)) in enumerate(items)
                )
                + "}"
            )
        case "json":
            return json.dumps(json.loads(value), separators=(",", ":"), ensure_ascii=False)
        case "interval_day":
            return interval(value)
    return str(value)


def inner(value: Any, kind: Type) -> str:
    return "null" if value is None else str(text(value, kind))


def moment(value: dt.datetime, digits: int) -> str:
    whole = value.strftime("%Y-%m-%d %H:%M:%S")
    return f"{whole}.{value.microsecond:06d}"[: len(whole) + (digits + 1 if digits else 0)]


def interval(value: dt.timedelta) -> str:
    total = int(value.total_seconds() * 1000)
    sign, total = ("-" if total < 0 else ""), abs(total)
    days, rest = divmod(total, 86_400_000)
    hours, rest = divmod(rest, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{sign}{days} {hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def type_name(kind: Type) -> str:
    """ColumnInfo's Type."""
    return TYPE_NAMES.get(kind.name, kind.name)
