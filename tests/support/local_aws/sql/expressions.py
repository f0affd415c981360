"""An expression as Trino types it, in DuckDB's SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tests.support.local_aws.errors import fail, refuse
from tests.support.local_aws.sql import calls, operators
from tests.support.local_aws.sql.casts import cast, held_as
from tests.support.local_aws.sql.names import Scope, Typed, quote_text
from tests.support.local_aws.sql.special import is_distinct, row, shared_type
from tests.support.local_aws.types import (
    BIGINT,
    BOOLEAN,
    DATE,
    DOUBLE,
    INTEGER,
    INTERVAL_DAY,
    INTERVAL_YEAR,
    UNKNOWN,
    VARBINARY,
    VARCHAR,
    Type,
    array,
    decimal,
    from_tree,
    timestamp,
    timestamp_tz,
)

if TYPE_CHECKING:
    from tests.support.local_aws.sql.queries import Queries

SIGNS = {"Add": "+", "Sub": "-", "Mul": "*", "Div": "/", "Mod": "%"}
COMPARISONS = {"EQ": "=", "NEQ": "<>", "GT": ">", "GTE": ">=", "LT": "<", "LTE": "<="}


class Expressions:
    """Expressions within one scope."""

    def __init__(self, queries: Queries, scope: Scope):
        self.queries = queries
        self.scope = scope

    def of(self, node: Any) -> Typed:
        kind = type(node).__name__
        if kind in SIGNS:
            return operators.arithmetic(SIGNS[kind], self.of(node.this), self.of(node.expression), node)
        if kind in COMPARISONS:
            return self._compare(COMPARISONS[kind], node)
        method = getattr(self, f"_{kind.lower()}", None)
        if method is None:
            raise refuse(f"{kind}: {node.sql('trino')[:80]}")
        return method(node)

    def condition(self, node: Any, clause: str = "WHERE") -> str:
        typed = self.of(node)
        if typed.type not in (BOOLEAN, UNKNOWN):
            raise fail("TYPE_MISMATCH", f"{clause} clause must evaluate to a boolean: actual type {typed.type}", node)
        return typed.sql

    # Names and literals

    def _column(self, node: exp.Column) -> Typed:
        return self.scope.column([part.name.lower() for part in node.parts], node)

    def _identifier(self, node: exp.Identifier) -> Typed:
        return self.scope.column([node.name.lower()], node)

    def _dot(self, node: exp.Dot) -> Typed:
        parts: list[str] = []
        inner: Any = node
        while isinstance(inner, exp.Dot):
            parts.insert(0, inner.expression.name.lower())
            inner = inner.this
        if isinstance(inner, exp.Column | exp.Identifier):
            names = (
                [part.name.lower() for part in inner.parts] if isinstance(inner, exp.Column) else [inner.name.lower()]
            )
            return self.scope.column([*names, *parts], node)
        found = self.scope._dereference(self.of(inner), parts, node)
        if found is None:
            raise fail("TYPE_MISMATCH", f"Expression {inner.sql('trino')} is not of type ROW", node)
        return found

    def _literal(self, node: exp.Literal) -> Typed:
        text = node.this
        if node.is_string:
            return Typed(quote_text(text), Type("varchar", (len(text),)), text)
        if "e" in text.lower():
            return Typed(f"CAST('{text}' AS DOUBLE)", DOUBLE, float(text))
        if "." in text:
            digits = text.lstrip("0").replace(".", "") or "0"
            scale = len(text.split(".")[1])
            kind = decimal(max(len(digits), scale, 1), scale)
            return Typed(f"CAST('{text}' AS {kind.duck})", kind)
        kind = INTEGER if int(text) < 2**31 else BIGINT
        return Typed(f"CAST({text} AS {kind.duck})" if kind is BIGINT else text, kind, int(text))

    def _boolean(self, node: exp.Boolean) -> Typed:
        return Typed("true" if node.this else "false", BOOLEAN)

    def _null(self, node: exp.Null) -> Typed:
        return Typed("NULL", UNKNOWN)

    def _hexstring(self, node: exp.HexString) -> Typed:
        return Typed(f"unhex('{node.this}')", VARBINARY)

    def _interval(self, node: exp.Interval) -> Typed:
        unit = node.args["unit"].name.upper()
        kind = INTERVAL_YEAR if unit in ("YEAR", "MONTH") else INTERVAL_DAY
        return Typed(f"INTERVAL {quote_text(node.this.name)} {unit}", kind)

    def _placeholder(self, node: exp.Placeholder) -> Typed:
        return self.of(self.queries.parameter(node))

    def _currentdate(self, node: Any) -> Typed:
        return Typed("current_date", DATE)

    def _currenttimestamp(self, node: Any) -> Typed:
        return Typed("date_trunc('milliseconds', now())", timestamp_tz(3))

    def _localtimestamp(self, node: Any) -> Typed:
        return Typed("CAST(date_trunc('milliseconds', now()) AS TIMESTAMP)", timestamp(3))

    def _currentuser(self, node: Any) -> Typed:
        return Typed("'local'", VARCHAR)

    # Logic

    def _paren(self, node: exp.Paren) -> Typed:
        inner = self.of(node.this)
        return Typed(f"({inner.sql})", inner.type, inner.literal)

    def _logical(self, node: Any, word: str) -> Typed:
        parts = [self._logic_operand(side, word) for side in node.flatten(unnest=False)]
        return Typed("(" + f" {word} ".join(parts) + ")", BOOLEAN)

    def _logic_operand(self, node: Any, word: str) -> str:
        typed = self.of(node)
        if typed.type not in (BOOLEAN, UNKNOWN):
            message = f"Logical expression term must evaluate to a boolean: actual type {typed.type}"
            raise fail("TYPE_MISMATCH", message, node)
        return typed.sql

    def _and(self, node: exp.And) -> Typed:
        return self._logical(node, "AND")

    def _or(self, node: exp.Or) -> Typed:
        return self._logical(node, "OR")

    def _not(self, node: exp.Not) -> Typed:
        return Typed(f"(NOT {self._logic_operand(node.this, 'NOT')})", BOOLEAN)

    def _is(self, node: exp.Is) -> Typed:
        inner = self.of(node.this)
        if not isinstance(node.expression, exp.Null):
            raise refuse(f"IS {node.expression.sql('trino')}")
        return Typed(f"({inner.sql} IS NULL)", BOOLEAN)

    def _nullsafeeq(self, node: Any) -> Typed:
        return Typed(f"(NOT {is_distinct(self.of(node.this), self.of(node.expression), node).sql})", BOOLEAN)

    def _nullsafeneq(self, node: Any) -> Typed:
        return is_distinct(self.of(node.this), self.of(node.expression), node)

    def _compare(self, sign: str, node: Any) -> Typed:
        if isinstance(node.expression, exp.All | exp.Any):
            return self._quantified(sign, node)
        return operators.compare(sign, self.of(node.this), self.of(node.expression), node)

    def _quantified(self, sign: str, node: Any) -> Typed:
        left = self.of(node.this)
        word = "ALL" if isinstance(node.expression, exp.All) else "ANY"
        query = self.queries.sub(node.expression.this, self.scope)
        operators.same(left, Typed("", query.columns[0].type), sign, node)
        return Typed(f"({left.sql} {sign} {word} ({query.sql}))", BOOLEAN)

    def _between(self, node: exp.Between) -> Typed:
        value = self.of(node.this)
        low = operators.compare(">=", value, self.of(node.args["low"]), node)
        high = operators.compare("<=", value, self.of(node.args["high"]), node)
        return Typed(f"({low.sql} AND {high.sql})", BOOLEAN)

    def _in(self, node: exp.In) -> Typed:
        value = self.of(node.this)
        if node.args.get("query") is not None:
            query = self.queries.sub(node.args["query"], self.scope)
            if len(query.columns) != 1:
                raise fail(
                    "SYNTAX_ERROR",
                    f"Multiple columns returned by subquery are not yet supported. Found {len(query.columns)}",
                    node,
                )
            left, _ = operators.same(value, Typed("", query.columns[0].type), "IN", node)
            return Typed(f"({left.sql} IN ({query.sql}))", BOOLEAN)
        items = [self.of(item) for item in node.expressions]
        kind = shared_type([value, *items], "IN value and list items must be the same type", node)
        listed = ", ".join(held_as(item, kind).sql for item in items)
        return Typed(f"({held_as(value, kind).sql} IN ({listed}))", BOOLEAN)

    def _like(self, node: exp.Like, escape: str = "") -> Typed:
        text, pattern = self.of(node.this), self.of(node.expression)
        for side in (text, pattern):
            if not side.type.is_text and side.type != UNKNOWN:
                raise fail(
                    "TYPE_MISMATCH",
                    f"Left side of LIKE expression must evaluate to a varchar (actual: {side.type})",
                    node,
                )
        negated = "NOT " if node.args.get("negate") else ""
        return Typed(f"({text.sql} {negated}LIKE {pattern.sql}{escape})", BOOLEAN)

    def _escape(self, node: exp.Escape) -> Typed:
        return self._like(node.this, f" ESCAPE {self.of(node.expression).sql}")

    def _exists(self, node: exp.Exists) -> Typed:
        return Typed(f"EXISTS ({self.queries.sub(node.this, self.scope).sql})", BOOLEAN)

    def _subquery(self, node: exp.Subquery) -> Typed:
        query = self.queries.sub(node, self.scope)
        if len(query.columns) != 1:
            kind = Type("row", tuple(("", column.type) for column in query.columns))
            raise refuse(f"a subquery of {kind} as a value")
        return Typed(f"({query.sql})", query.columns[0].type)

    # Choices

    def _case(self, node: exp.Case) -> Typed:
        subject = self.of(node.this) if node.this is not None else None
        whens = [
            operators.compare("=", subject, self.of(one.this), one).sql
            if subject is not None
            else self.condition(one.this, "CASE WHEN")
            for one in node.args["ifs"]
        ]
        results = [self.of(one.args["true"]) for one in node.args["ifs"]]
        default = self.of(node.args["default"]) if node.args.get("default") is not None else Typed("NULL", UNKNOWN)
        kind = shared_type([*results, default], "All CASE results must be the same type", node)
        arms = " ".join(
            f"WHEN {when} THEN {held_as(result, kind).sql}" for when, result in zip(whens, results, strict=True)
        )
        return Typed(f"CASE {arms} ELSE {held_as(default, kind).sql} END", kind)

    def _if(self, node: exp.If) -> Typed:
        yes = self.of(node.args["true"])
        no = self.of(node.args["false"]) if node.args.get("false") is not None else Typed("NULL", UNKNOWN)
        kind = shared_type([yes, no], "Result types for IF must be the same", node)
        when = self.condition(node.this, "IF condition")
        return Typed(f"CASE WHEN {when} THEN {held_as(yes, kind).sql} ELSE {held_as(no, kind).sql} END", kind)

    # Arithmetic, casts, text

    def _neg(self, node: exp.Neg) -> Typed:
        inner = self.of(node.this)
        if not inner.type.is_number and not inner.type.name.startswith("interval"):
            raise fail("TYPE_MISMATCH", f"Cannot negate {inner.type}", node)
        literal = -inner.literal if isinstance(inner.literal, int) else None
        return Typed(f"(-{inner.sql})", inner.type, literal)

    def _dpipe(self, node: exp.DPipe) -> Typed:
        return calls.scalar("concat", [self.of(part) for part in node.flatten(unnest=False)], node)

    def _cast(self, node: exp.Cast, is_try: bool = False) -> Typed:
        inner = self.of(node.this)
        to = node.args["to"]
        if to.this == exp.DataType.Type.DECIMAL and not to.expressions and isinstance(inner.literal, str):
            return self._literal(exp.Literal.number(inner.literal if "." in inner.literal else inner.literal + "."))
        return cast(inner, from_tree(to), node, is_try)

    def _trycast(self, node: exp.TryCast) -> Typed:
        return self._cast(node, is_try=True)

    def _extract(self, node: exp.Extract) -> Typed:
        field = node.this.name.lower()
        return calls.scalar({"timezone_hour": "refused"}.get(field, field), [self.of(node.expression)], node)

    def _trim(self, node: exp.Trim) -> Typed:
        name = {"LEADING": "ltrim", "TRAILING": "rtrim"}.get(str(node.args.get("position") or "").upper(), "trim")
        parts = [node.this] + ([node.expression] if node.args.get("expression") is not None else [])
        return calls.scalar(name, [self.of(part) for part in parts], node)

    def _strposition(self, node: Any) -> Typed:
        return calls.scalar("strpos", [self.of(node.this), self.of(node.args["substr"])], node)

    def _substring(self, node: exp.Substring) -> Typed:
        parts = [node.this, node.args.get("start"), node.args.get("length")]
        return calls.scalar("substr", [self.of(part) for part in parts if part is not None], node)

    def _attimezone(self, node: exp.AtTimeZone) -> Typed:
        inner = self.of(node.this)
        zone = self.of(node.args["zone"])
        if zone.literal not in ("UTC", "Z", "+00:00"):
            raise refuse("a time zone other than UTC")
        if inner.type.name == "timestamp":
            return Typed(f"CAST({inner.sql} AS TIMESTAMPTZ)", timestamp_tz(inner.type.args[0]))
        return inner

    # Nested values

    def _array(self, node: exp.Array) -> Typed:
        items = [self.of(item) for item in node.expressions]
        kind = shared_type(items, "All ARRAY elements must be the same type", node) if items else UNKNOWN
        return Typed("[" + ", ".join(held_as(item, kind).sql for item in items) + "]", array(kind))

    def _tuple(self, node: exp.Tuple) -> Typed:
        return row([self.of(item) for item in node.expressions], node)

    def _bracket(self, node: exp.Bracket) -> Typed:
        inner, key = self.of(node.this), self.of(node.expressions[0])
        if inner.type.name == "map":
            return Typed(f"trino_at_key({inner.sql}, {held_as(key, inner.type.args[0]).sql})", inner.type.args[1])
        if inner.type.name == "array" and key.type.is_whole:
            return Typed(f"trino_at_index({inner.sql}, {key.sql})", inner.type.args[0])
        raise fail("TYPE_MISMATCH", f"Cannot use {key.type} for subscript of {inner.type}", node)

    # Calls

    def _anonymous(self, node: exp.Anonymous) -> Typed:
        return calls.call(self, node)

    def _filter(self, node: exp.Filter) -> Typed:
        return calls.call(self, node.this, filtered=node.expression)

    def _window(self, node: exp.Window) -> Typed:
        return calls.windowed(self, node)

    def _groupconcat(self, node: Any) -> Typed:
        return calls.listagg(self, node)

    def _withingroup(self, node: Any) -> Typed:
        raise refuse("WITHIN GROUP")
