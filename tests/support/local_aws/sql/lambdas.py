"""Functions that take code: transform, filter, reduce and their like."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tests.support.local_aws.errors import fail
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.names import Scope, Typed
from tests.support.local_aws.types import BOOLEAN, UNKNOWN, Type, array, common, map_of

if TYPE_CHECKING:
    from tests.support.local_aws.sql.expressions import Expressions

Code = tuple[list[str], Typed]


def code(inside: Expressions, node: Any, kinds: list[Type]) -> Code:
    """A lambda's parameters as DuckDB names them, and its body."""
    from tests.support.local_aws.sql.expressions import Expressions as Inner

    if not isinstance(node, exp.Lambda) or len(node.expressions) != len(kinds):
        raise fail("TYPE_MISMATCH", "Unexpected parameters for a function of functions", node)
    names = [f"trino_{inside.queries.fresh()}" for _ in kinds]
    known = {
        one.name.lower(): Typed(name, kind) for one, name, kind in zip(node.expressions, names, kinds, strict=True)
    }
    scope = Scope(parent=inside.scope, extra=known)
    return names, Inner(inside.queries, scope).of(node.this)


def _items(inside: Expressions, node: Any, name: str) -> Typed:
    value = inside.of(node)
    if value.type.name != name:
        raise fail("TYPE_MISMATCH", f"Unexpected parameters ({value.type}, function) for this function", node)
    return value


def transform(inside: Expressions, node: Any) -> Typed:
    items = _items(inside, node.expressions[0], "array")
    (name,), body = code(inside, node.expressions[1], [items.type.args[0]])
    return Typed(f"list_transform({items.sql}, lambda {name}: {body.sql})", array(body.type))


def keep(inside: Expressions, node: Any) -> Typed:
    items = _items(inside, node.expressions[0], "array")
    (name,), body = code(inside, node.expressions[1], [items.type.args[0]])
    return Typed(f"list_filter({items.sql}, lambda {name}: {body.sql})", items.type)


def matches(kind: str) -> Callable[[Expressions, Any], Typed]:
    """any_match, all_match, none_match; null when no item decides and one is null."""

    def call(inside: Expressions, node: Any) -> Typed:
        items = _items(inside, node.expressions[0], "array")
        (name,), body = code(inside, node.expressions[1], [items.type.args[0]])
        told = f"list_transform({items.sql}, lambda {name}: {body.sql})"
        fold, empty = ("bool_and", "true") if kind == "all" else ("bool_or", "false")
        one = f"coalesce(list_{fold}({told}), {empty})"
        return Typed(f"(NOT {one})" if kind == "none" else one, BOOLEAN)

    return call


def reduce(inside: Expressions, node: Any) -> Typed:
    """`reduce(array, start, (state, item) -> state, state -> result)`."""
    items, start = _items(inside, node.expressions[0], "array"), inside.of(node.expressions[1])
    item = items.type.args[0] if items.type.args[0] != UNKNOWN else start.type
    state = start.type
    (s, x), body = code(inside, node.expressions[2], [state, item])
    if common(state, body.type) != state:
        raise fail("TYPE_MISMATCH", f"reduce's state is {state}, its step gives {body.type}", node)
    # DuckDB folds values of one type, so items and state travel together.
    pair = f"list_transform({items.sql}, lambda {x}_i: struct_pack(i := {x}_i, s := CAST(NULL AS {state.duck})))"
    step = f"struct_pack(i := CAST(NULL AS {item.duck}), s := {held_as(body, state).sql})"
    step = step.replace(s, f"{s}.s").replace(x, f"{x}.i")
    first = f"struct_pack(i := CAST(NULL AS {item.duck}), s := {start.sql})"
    folded = f"(list_reduce({pair}, lambda {s}, {x}: {step}, {first})).s"
    (last,), result = code(inside, node.expressions[3], [state])
    return Typed(f"({result.sql.replace(last, folded)})", result.type)


def map_filter(inside: Expressions, node: Any) -> Typed:
    items = _items(inside, node.expressions[0], "map")
    (k, v), body = code(inside, node.expressions[1], list(items.type.args))
    entry = f"{k}_e"
    test = body.sql.replace(k, f"{entry}.key").replace(v, f"{entry}.value")
    return Typed(f"map_from_entries(list_filter(map_entries({items.sql}), lambda {entry}: {test}))", items.type)


def transform_values(inside: Expressions, node: Any) -> Typed:
    items = _items(inside, node.expressions[0], "map")
    (k, v), body = code(inside, node.expressions[1], list(items.type.args))
    entry = f"{k}_e"
    made = body.sql.replace(k, f"{entry}.key").replace(v, f"{entry}.value")
    pairs = f"list_transform(map_entries({items.sql}), lambda {entry}: struct_pack(k := {entry}.key, v := {made}))"
    return Typed(f"map_from_entries({pairs})", map_of(items.type.args[0], body.type))


LAMBDAS: dict[str, Callable[[Any, Any], Typed]] = {
    "transform": transform, "filter": keep, "reduce": reduce, "map_filter": map_filter,
    "transform_values": transform_values, "any_match": matches("any"), "all_match": matches("all"),
    "none_match": matches("none"),
}  # fmt: skip
