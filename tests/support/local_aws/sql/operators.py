"""Arithmetic and comparison with Trino's types: whole and decimal division, no text taken for a date."""

from __future__ import annotations

from typing import Any

from tests.support.local_aws.errors import fail
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.names import Typed
from tests.support.local_aws.types import BOOLEAN, DATE, INTERVAL_DAY, Type, as_decimal, common, decimal

MOMENTS = ("date", "timestamp", "timestamp_tz")
INTERVALS = ("interval_day", "interval_year")


def mismatch(sign: str, left: Type, right: Type, node: Any) -> Exception:
    return fail("TYPE_MISMATCH", f"Cannot apply operator: {left} {sign} {right}", node)


def compare(sign: str, left: Typed, right: Typed, node: Any) -> Typed:
    """`=`, `<` and the like: both sides of one type, or Trino fails."""
    left, right = same(left, right, sign, node)
    return Typed(f"({left.sql} {sign} {right.sql})", BOOLEAN)


def same(left: Typed, right: Typed, sign: str, node: Any) -> tuple[Typed, Typed]:
    shared = common(left.type, right.type)
    if shared is None:
        raise mismatch(sign, left.type, right.type, node)
    return held_as(left, shared), held_as(right, shared)


def arithmetic(sign: str, left: Typed, right: Typed, node: Any) -> Typed:
    """`+ - * / %` of numbers, moments and intervals."""
    if left.type.name in (*MOMENTS, *INTERVALS) or right.type.name in (*MOMENTS, *INTERVALS):
        return _moment(sign, left, right, node)
    kinds = (left.type, right.type)
    if any(not kind.is_number and kind.name != "unknown" for kind in kinds):
        raise mismatch(sign, *kinds, node)
    shared = common(*kinds)
    if shared is None or shared.name == "unknown":
        raise mismatch(sign, *kinds, node)
    if shared.name == "decimal":
        return _decimal(sign, left, right, node)
    left, right = held_as(left, shared), held_as(right, shared)
    if shared.is_whole and sign in "/%":
        return Typed(f"trino_whole_{'divide' if sign == '/' else 'rest'}({left.sql}, {right.sql})", shared)
    if sign == "/":
        return Typed(f"({left.sql} / {right.sql})", shared)
    if shared.name == "integer" or shared.name in ("tinyint", "smallint"):
        return Typed(f"CAST(({left.sql} {sign} {right.sql}) AS {shared.duck})", shared)
    return Typed(f"({left.sql} {sign} {right.sql})", shared)


def decimal_result(sign: str, left: Type, right: Type) -> Type:
    """Precision and scale as Trino's documentation of decimal operators gives them."""
    (p, s), (q, t) = as_decimal(left).args, as_decimal(right).args
    match sign:
        case "*":
            return decimal(min(38, p + q), s + t)
        case "/":
            return decimal(min(38, p + t + max(0, t - s)), max(s, t))
        case "%":
            return decimal(min(p - s, q - t) + max(s, t), max(s, t))
    return decimal(min(38, max(p - s, q - t) + max(s, t) + 1), max(s, t))


def _decimal(sign: str, left: Typed, right: Typed, node: Any) -> Typed:
    left, right = (_as_decimal(side) for side in (left, right))
    result = decimal_result(sign, left.type, right.type)
    if result.args[1] > result.args[0]:
        raise fail("INVALID_FUNCTION_ARGUMENT", "DECIMAL scale must be in range [0, precision (38)]", node)
    if sign == "/":
        return decimal_divide(left, right, result)
    if sign == "%":
        return Typed(f"CAST(trino_decimal_rest({left.sql}, {right.sql}) AS {result.duck})", result)
    if sign == "*":
        # Each side at full width, so that DuckDB checks for overflow as late as Trino does.
        return Typed(f"CAST(({left.sql} * {right.sql}) AS {result.duck})", result)
    wide = Type("decimal", result.args).duck
    return Typed(f"CAST((CAST({left.sql} AS {wide}) {sign} CAST({right.sql} AS {wide})) AS {wide})", result)


def decimal_divide(left: Typed, right: Typed, result: Type) -> Typed:
    """Exact, rounded half up, on unscaled whole numbers."""
    shift = result.args[1] - left.type.args[1] + right.type.args[1]
    quotient = f"trino_decimal_divide({unscaled(left)}, {unscaled(right)}, CAST(1{'0' * shift} AS HUGEINT))"
    return Typed(scaled(quotient, result), result)


def unscaled(typed: Typed) -> str:
    """A decimal's digits as a whole number."""
    if typed.type.args[1] == 0:
        return f"CAST({typed.sql} AS HUGEINT)"
    return f"CAST(replace(CAST({typed.sql} AS VARCHAR), '.', '') AS HUGEINT)"


def scaled(whole: str, result: Type) -> str:
    """A whole number's digits as a decimal."""
    scale = result.args[1]
    if scale == 0:
        return f"CAST({whole} AS {result.duck})"
    one = f"CAST('0.{'0' * (scale - 1)}1' AS DECIMAL({scale}, {scale}))"
    return f"CAST((CAST({whole} AS DECIMAL(38, 0)) * {one}) AS {result.duck})"


def _as_decimal(typed: Typed) -> Typed:
    if typed.type.name == "unknown":
        return Typed("CAST(NULL AS DECIMAL(1, 0))", decimal(1, 0))
    kind = as_decimal(typed.type)
    return typed if typed.type.name == "decimal" else Typed(f"CAST({typed.sql} AS {kind.duck})", kind)


def _moment(sign: str, left: Typed, right: Typed, node: Any) -> Typed:
    kinds = left.type.name, right.type.name
    if sign == "+" and kinds[0] in INTERVALS and kinds[1] in MOMENTS:
        left, right, kinds = right, left, (kinds[1], kinds[0])
    if sign in "+-" and kinds[0] in MOMENTS and kinds[1] in INTERVALS:
        plain = f"({left.sql} {sign} {right.sql})"
        return Typed(f"CAST({plain} AS DATE)" if left.type == DATE else plain, left.type)
    if sign == "-" and kinds[0] in MOMENTS and kinds[1] in MOMENTS:
        return Typed(f"(CAST({left.sql} AS TIMESTAMP) - CAST({right.sql} AS TIMESTAMP))", INTERVAL_DAY)
    if sign in "+-" and kinds[0] == kinds[1] and kinds[0] in INTERVALS:
        return Typed(f"({left.sql} {sign} {right.sql})", left.type)
    if sign == "*" and kinds[0] in INTERVALS and right.type.is_whole:
        return Typed(f"({left.sql} * {right.sql})", left.type)
    if sign == "*" and kinds[1] in INTERVALS and left.type.is_whole:
        return Typed(f"({right.sql} * {left.sql})", right.type)
    raise mismatch(sign, left.type, right.type, node)
