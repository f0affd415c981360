"""Calls of functions: scalar, with lambdas, aggregate, window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tests.support.local_aws.errors import fail, refuse
from tests.support.local_aws.sql import operators, signatures
from tests.support.local_aws.sql.aggregates import AGGREGATES, RECAST, WINDOWS
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.lambdas import LAMBDAS
from tests.support.local_aws.sql.names import Typed, quote
from tests.support.local_aws.sql.scalars import SCALARS
from tests.support.local_aws.sql.special import SPECIAL, no_fit
from tests.support.local_aws.types import BIGINT, VARCHAR, decimal, map_of

if TYPE_CHECKING:
    from tests.support.local_aws.sql.expressions import Expressions


def scalar(name: str, args: list[Typed], node: Any) -> Typed:
    """A scalar function's call."""
    if name in SPECIAL:
        try:
            return SPECIAL[name](args, node)
        except (IndexError, ValueError) as error:
            raise no_fit(name, args, node) from error
    if name not in SCALARS:
        raise fail("FUNCTION_NOT_FOUND", f"Function '{name}' not registered", node)
    for signature in SCALARS[name]:
        found = signatures.apply(signature, args)
        if found is not None:
            return found
    raise no_fit(name, args, node)


def call(inside: Expressions, node: Any, filtered: Any = None, over: str = "") -> Typed:
    """Whatever a name followed by parentheses means."""
    if not isinstance(node, exp.Anonymous):
        raise refuse(f"{type(node).__name__} with FILTER or OVER")
    name = node.name.lower()
    if name in LAMBDAS and any(isinstance(arg, exp.Lambda) for arg in node.expressions):
        return LAMBDAS[name](inside, node)
    if name == "grouping":
        listed = ", ".join(inside.of(arg).sql for arg in node.expressions)
        return Typed(f"grouping({listed})", BIGINT)
    if name in AGGREGATES or name in ("map_agg", "approx_percentile"):
        return aggregate(inside, name, node, filtered, over)
    if over and name in WINDOWS:
        args = [inside.of(arg) for arg in node.expressions]
        return _first_fit(name, WINDOWS[name], args, node, over)
    if over or filtered is not None:
        raise fail("FUNCTION_NOT_FOUND", f"Function '{name}' is not an aggregate or window function", node)
    if name in WINDOWS:
        raise fail("SYNTAX_ERROR", f"Window function {name} requires an OVER clause", node)
    return scalar(name, [inside.of(arg) for arg in node.expressions], node)


def _first_fit(name: str, forms: list, args: list[Typed], node: Any, suffix: str) -> Typed:
    for signature in forms:
        found = signatures.apply(signature, args)
        if found is not None:
            sql = found.sql + suffix
            if name in RECAST and found.type == BIGINT:
                sql = f"CAST({sql} AS {RECAST[name]})"
            return Typed(sql, found.type)
    raise no_fit(name, args, node)


def _unwrap(inside: Expressions, node: exp.Anonymous) -> tuple[list[Any], bool, str]:
    """Arguments, DISTINCT and ORDER BY of an aggregate."""
    args, is_distinct, order = list(node.expressions), False, ""
    if args and isinstance(args[-1], exp.Order):
        order = " ORDER BY " + order_items(inside, args[-1].expressions)
        args[-1] = args[-1].this
    if args and isinstance(args[0], exp.Distinct):
        is_distinct = True
        args = list(args[0].expressions) + args[1:]
    return args, is_distinct, order


def aggregate(inside: Expressions, name: str, node: exp.Anonymous, filtered: Any, over: str) -> Typed:
    nodes, is_distinct, order = _unwrap(inside, node)
    where = f" FILTER (WHERE {inside.condition(filtered.this)})" if filtered is not None else ""
    suffix = where + over
    if name == "count" and (not nodes or isinstance(nodes[0], exp.Star)):
        return Typed(f"count(*){suffix}", BIGINT)
    args = [inside.of(arg) for arg in nodes]
    if name == "map_agg":
        return _map_agg(args, suffix)
    if name == "sum" and args[0].type.name == "decimal":
        kind = decimal(38, args[0].type.args[1])
        word = "DISTINCT " if is_distinct else ""
        return Typed(f"CAST(sum({word}{args[0].sql}){suffix} AS {kind.duck})", kind)
    if name == "avg" and args[0].type.name == "decimal":
        return _decimal_average(args[0], is_distinct, suffix)
    if is_distinct or order:
        if is_distinct and len(args) == 1:
            args = [Typed(f"DISTINCT {args[0].sql}", args[0].type)]
        args[-1] = Typed(args[-1].sql + order, args[-1].type)
    return _first_fit(name, AGGREGATES[name], args, node, suffix)


def _decimal_average(arg: Typed, is_distinct: bool, suffix: str) -> Typed:
    """Of the same scale as what it averages, rounded half up."""
    word = "DISTINCT " if is_distinct else ""
    wide = decimal(38, arg.type.args[1])
    total = Typed(f"CAST(sum({word}{arg.sql}){suffix} AS {wide.duck})", wide)
    count = f"CAST(nullif(count({word}{arg.sql}){suffix}, 0) AS HUGEINT)"
    quotient = f"trino_decimal_divide({operators.unscaled(total)}, {count}, CAST(1 AS HUGEINT))"
    return Typed(operators.scaled(quotient, arg.type), arg.type)


def _map_agg(args: list[Typed], suffix: str) -> Typed:
    key, value = args
    if suffix:
        raise refuse("map_agg with FILTER or OVER")
    keys, values = (f"list({one.sql}) FILTER (WHERE {key.sql} IS NOT NULL)" for one in (key, value))
    return Typed(f"map({keys}, {values})", map_of(key.type, value.type))


def order_items(inside: Expressions, items: list[Any]) -> str:
    """ORDER BY's items, nulls last unless told otherwise, in both directions."""
    return ", ".join(inside.of(item.this).sql + direction(item) for item in items)


def direction(item: exp.Ordered) -> str:
    """sqlglot notes `nulls_first` only where a statement says so or its default differs."""
    return f"{' DESC' if item.args.get('desc') else ''} NULLS {'FIRST' if item.args.get('nulls_first') else 'LAST'}"


def windowed(inside: Expressions, node: exp.Window) -> Typed:
    """A call with OVER."""
    over = (
        f" OVER ({specification(inside, node)})" if not node.args.get("alias") else f" OVER {quote(node.alias.lower())}"
    )
    target, nulls = node.this, ""
    if isinstance(target, exp.IgnoreNulls | exp.RespectNulls):
        nulls = " IGNORE NULLS" if isinstance(target, exp.IgnoreNulls) else ""
        target = target.this
    filtered = None
    if isinstance(target, exp.Filter):
        filtered, target = target.expression, target.this
    if not nulls:
        return call(inside, target, filtered, over)
    typed = call(inside, target, filtered, over)
    head, _, tail = typed.sql.partition(over)
    return Typed(f"{head[:-1]}{nulls}){over}{tail}", typed.type)


def specification(inside: Expressions, node: Any) -> str:
    """What stands in the parentheses of OVER."""
    parts = []
    if node.args.get("partition_by"):
        parts.append("PARTITION BY " + ", ".join(inside.of(one).sql for one in node.args["partition_by"]))
    if node.args.get("order"):
        parts.append("ORDER BY " + order_items(inside, node.args["order"].expressions))
    spec = node.args.get("spec")
    if spec is not None:
        start, end = _bound(inside, spec, "start"), _bound(inside, spec, "end")
        between = f"BETWEEN {start} AND {end}" if end else start
        parts.append(f"{spec.args['kind']} {between}")
    return " ".join(parts)


def _bound(inside: Expressions, spec: exp.WindowSpec, which: str) -> str:
    value = spec.args.get(which)
    if value is None:
        return ""
    text = value if isinstance(value, str) else inside.of(value).sql
    return f"{text} {spec.args.get(f'{which}_side') or ''}".strip()


def listagg(inside: Expressions, node: Any) -> Typed:
    target = node.this
    order = ""
    if isinstance(target, exp.Order):
        order = " ORDER BY " + order_items(inside, target.expressions)
        target = target.this
    word = ""
    if isinstance(target, exp.Distinct):
        word, target = "DISTINCT ", target.expressions[0]
    separator = inside.of(node.args["separator"]).sql if node.args.get("separator") is not None else "''"
    return Typed(f"string_agg({word}{held_as(inside.of(target), VARCHAR).sql}, {separator}{order})", VARCHAR)
