"""A query as Trino analyzes it, in DuckDB's SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlglot import exp

from tests.support.local_aws.errors import fail, refuse
from tests.support.local_aws.sql import calls
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.expressions import Expressions
from tests.support.local_aws.sql.names import Field, Scope, Source, Typed, quote
from tests.support.local_aws.sql.relations import Relations
from tests.support.local_aws.types import INTEGER, Type, common


@dataclass(frozen=True)
class Column:
    """A column of a result: its name as DuckDB knows it, as the statement writes it, and its type."""

    name: str
    label: str
    type: Type


@dataclass(frozen=True)
class Query:
    """A query's SQL for DuckDB and what comes out of it; `unlisted` columns only who names them."""

    sql: str
    columns: tuple[Column, ...]
    unlisted: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Common:
    """A common table expression by the name under which it stands in DuckDB's SQL."""

    name: str
    columns: tuple[Column, ...]


Resolver = Callable[["Queries", str, str, Any], "Query"]


class Queries:
    """The queries of one statement. `tables` answers what stands under a name in the catalogue."""

    def __init__(self, database: str, tables: Resolver, parameters: list[str] | None = None):
        self.database = database
        self.tables = tables
        self.parameters = parameters or []
        self.common: dict[str, Common] = {}
        self._count = 0
        self._placeholders: list[int] = []

    def fresh(self) -> str:
        self._count += 1
        return f"x{self._count}z"

    def parameter(self, node: Any) -> Any:
        from tests.support.local_aws.grammar import query

        if id(node) not in self._placeholders:
            self._placeholders.append(id(node))
        at = self._placeholders.index(id(node))
        if at >= len(self.parameters):
            raise fail("INVALID_PARAMETER_USAGE", f"Incorrect number of parameters: expected more than {at}", node)
        return query(f"select {self.parameters[at]}").expressions[0]

    def within(self, database: str) -> Queries:
        """The same statement, as a view's own query sees it: no common tables, another default database."""
        inner = Queries(database, self.tables, self.parameters)
        inner.fresh = self.fresh  # type: ignore[method-assign]
        return inner

    def top(self, node: Any) -> Query:
        return self.sub(node, None)

    def sub(self, node: Any, outer: Scope | None) -> Query:
        """A query or a query in parentheses, with its own WITH."""
        kept = dict(self.common)
        try:
            ctes = self._with(node, outer)
            query = self._body(node, outer)
            return replace(query, sql=ctes + query.sql) if ctes else query
        finally:
            self.common = kept

    def _with(self, node: Any, outer: Scope | None) -> str:
        clause = node.args.get("with_")
        if clause is None:
            return ""
        if clause.args.get("recursive"):
            raise refuse("WITH RECURSIVE")
        parts = []
        for cte in clause.expressions:
            query = self.sub(cte.this, outer)
            columns = renamed(query.columns, cte.args["alias"].columns, cte)
            name = f"{cte.alias.lower()}_{self.fresh()}"
            listed = ", ".join(quote(column.name) for column in columns)
            parts.append(f"{quote(name)}({listed}) AS NOT MATERIALIZED ({query.sql})")
            self.common[cte.alias.lower()] = Common(name, columns)
        return "WITH " + ", ".join(parts) + " "

    def _body(self, node: Any, outer: Scope | None) -> Query:
        if isinstance(node, exp.Subquery):
            inner = self.sub(node.this, outer)
            return self._tail(node, inner, outer)
        if isinstance(node, exp.SetOperation):
            return self._tail(node, self._combined(node, outer), outer)
        if isinstance(node, exp.Values):
            return self._values(node, outer)
        if isinstance(node, exp.Select):
            return Selection(self, node, outer).query()
        raise refuse(f"{type(node).__name__} as a query")

    def _combined(self, node: exp.SetOperation, outer: Scope | None) -> Query:
        word = {exp.Union: "UNION", exp.Intersect: "INTERSECT", exp.Except: "EXCEPT"}[type(node)]
        sides = [self.sub(side, outer) for side in self._operands(node)]
        if len({len(side.columns) for side in sides}) > 1:
            raise fail("SYNTAX_ERROR", f"{word} query has different number of fields", node)
        columns = []
        for at, first in enumerate(sides[0].columns):
            kind: Type = first.type
            for side in sides[1:]:
                found = common(kind, side.columns[at].type)
                if found is None:
                    other = side.columns[at].type
                    raise fail(
                        "TYPE_MISMATCH",
                        f"column {at + 1} in {word} query has incompatible types: {kind}, {other}",
                        node,
                    )
                kind = found
            columns.append(replace(first, type=kind))
        join = f" {word}{'' if node.args.get('distinct') else ' ALL'} "
        return Query(join.join(f"({conformed(side, columns)})" for side in sides), tuple(columns))

    def _operands(self, node: Any) -> list[Any]:
        """A chain of the same operation, flat, so that it does not nest as deep as it is long."""
        left, right = node.this, node.expression
        plain = isinstance(left, exp.Union) and type(left) is type(node) and not left.args.get("with_")
        same = plain and bool(left.args.get("distinct")) == bool(node.args.get("distinct"))
        if same and not left.args.get("order") and not left.args.get("limit"):
            return [*self._operands(left), right]
        return [left, right]

    def _tail(self, node: Any, query: Query, outer: Scope | None) -> Query:
        """ORDER BY and LIMIT of a set operation: by what comes out of it."""
        if not any(node.args.get(part) for part in ("order", "limit", "offset")):
            return query
        alias = self.fresh()
        fields = tuple(
            Field(column.label.lower(), Typed(f"{alias}.{quote(column.name)}", column.type)) for column in query.columns
        )
        scope = Scope([Source("", fields)], outer)
        items = ordering(Expressions(self, scope), node.args.get("order"), query.columns, {})
        return Query(f"SELECT * FROM ({query.sql}) AS {alias}{items}{limits(node)}", query.columns)

    def _values(self, node: exp.Values, outer: Scope | None) -> Query:
        inside = Expressions(self, Scope(parent=outer))
        rows = [
            [inside.of(item) for item in (one.expressions if isinstance(one, exp.Tuple) else [one])]
            for one in node.expressions
        ]
        kinds = [one.type for one in rows[0]]
        for values in rows[1:]:
            for at, value in enumerate(values):
                found = common(kinds[at], value.type)
                if found is None:
                    raise fail("TYPE_MISMATCH", f"Values rows have mismatched types: {kinds[at]} vs {value.type}", node)
                kinds[at] = found
        columns = tuple(Column(f"_col{at}", f"_col{at}", kind) for at, kind in enumerate(kinds))
        listed = ", ".join(
            "(" + ", ".join(held_as(v, k).sql for v, k in zip(row, kinds, strict=True)) + ")" for row in rows
        )
        names = ", ".join(quote(column.name) for column in columns)
        return Query(f"SELECT * FROM (VALUES {listed}) AS {self.fresh()}({names})", columns)


def conformed(query: Query, columns: list[Column]) -> str:
    """A query whose columns have the types and names of others."""
    if all(
        one.type.duck == to.type.duck and one.name == to.name for one, to in zip(query.columns, columns, strict=True)
    ):
        return query.sql
    items = ", ".join(
        f"CAST({quote(one.name)} AS {to.type.duck}) AS {quote(to.name)}"
        for one, to in zip(query.columns, columns, strict=True)
    )
    return f"SELECT {items} FROM ({query.sql})"


def renamed(columns: tuple[Column, ...], names: list[Any], node: Any) -> tuple[Column, ...]:
    """Columns under the names that an alias lists, or their own."""
    if not names:
        return columns
    if len(names) != len(columns):
        raise fail(
            "SYNTAX_ERROR", f"Column alias list has {len(names)} entries but relation has {len(columns)} columns", node
        )
    return tuple(replace(one, name=to.name.lower(), label=to.name) for one, to in zip(columns, names, strict=True))


def limits(node: Any) -> str:
    text = ""
    offset = node.args.get("offset")
    limit = node.args.get("limit")
    if limit is not None:
        count = limit.args.get("count") if isinstance(limit, exp.Fetch) else limit.expression
        if count is not None and count.name.upper() != "ALL":
            text += f" LIMIT {int(count.name)}"
    return text + (f" OFFSET {int(offset.expression.name)}" if offset is not None else "")


def ordering(inside: Expressions, order: Any, columns: tuple[Column, ...], items: dict[str, Typed]) -> str:
    """ORDER BY: first the names and places of what comes out, then columns that went in."""
    if order is None:
        return ""
    labels = [column.label.lower() for column in columns]
    told = []
    for item in order.expressions:
        node = item.this
        if isinstance(node, exp.Literal) and not node.is_string:
            at = int(node.name)
            if not 1 <= at <= len(columns):
                raise fail("INVALID_COLUMN_REFERENCE", f"ORDER BY position {at} is not in select list", node)
            told.append(f"{at}{calls.direction(item)}")
        elif isinstance(node, exp.Column) and len(node.parts) == 1 and labels.count(node.name.lower()) == 1:
            told.append(f"{labels.index(node.name.lower()) + 1}{calls.direction(item)}")
        else:
            scope = Scope(inside.scope.sources, inside.scope.parent, {**items, **inside.scope.extra})
            told.append(Expressions(inside.queries, scope).of(node).sql + calls.direction(item))
    return " ORDER BY " + ", ".join(told)


class Selection:
    """One SELECT."""

    def __init__(self, queries: Queries, node: exp.Select, outer: Scope | None):
        self.queries = queries
        self.node = node
        self.scope = Scope(parent=outer)
        self.inside = Expressions(queries, self.scope)

    def query(self) -> Query:
        node = self.node
        for clause in ("qualify", "distribute", "cluster", "sort", "laterals", "connect", "into", "sample"):
            if node.args.get(clause):
                raise refuse(clause.upper())
        relations = Relations(self.queries, self.scope)
        source = relations.read(node)
        where = self._clause("WHERE", node.args.get("where"))
        windows = self._windows()
        items = self._items()
        columns = unique([column for column, _ in items])
        group = self._group(items)
        having = self._clause("HAVING", node.args.get("having"))
        listed = ", ".join(
            f"{typed.sql} AS {quote(column.name)}" for column, (_, typed) in zip(columns, items, strict=True)
        )
        aliases = {column.label.lower(): typed for column, typed in reversed(items) if column.label}
        order = ordering(self.inside, node.args.get("order"), tuple(columns), aliases)
        distinct = "DISTINCT " if node.args.get("distinct") else ""
        sql = f"SELECT {distinct}{listed}{source}{where}{group}{having}{windows}{order}{limits(node)}"
        return Query(sql, tuple(columns))

    def _clause(self, word: str, clause: Any) -> str:
        return f" {word} {self.inside.condition(clause.this, word)}" if clause is not None else ""

    def _windows(self) -> str:
        named = self.node.args.get("windows") or []
        parts = [f"{quote(one.name.lower())} AS ({calls.specification(self.inside, one)})" for one in named]
        return " WINDOW " + ", ".join(parts) if parts else ""

    def _items(self) -> list[tuple[Column, Typed]]:
        items: list[tuple[Column, Typed]] = []
        for node in self.node.expressions:
            if isinstance(node, exp.Star) or (isinstance(node, exp.Column) and isinstance(node.this, exp.Star)):
                star = node if isinstance(node, exp.Star) else node.this
                if star.args.get("except_") or star.args.get("except") or star.args.get("replace"):
                    raise refuse("* with EXCEPT or REPLACE")
                qualifier = [part.name.lower() for part in node.parts[:-1]] if isinstance(node, exp.Column) else []
                if not self.scope.sources:
                    raise fail("SYNTAX_ERROR", "SELECT * not allowed in queries without FROM clause", node)
                items += [
                    (Column(one.name, one.label or one.name, one.typed.type), one.typed)
                    for one in self.scope.stars(qualifier, node)
                ]
                continue
            inner = node.this if isinstance(node, exp.Alias) else node
            typed = self.inside.of(inner)
            label = self._label(node, len(items))
            items.append((Column(label.lower(), label, typed.type), typed))
        return items

    def _label(self, node: Any, at: int) -> str:
        if isinstance(node, exp.Alias):
            return node.alias
        if isinstance(node, exp.Column):
            return node.name.lower()
        return f"_col{at}"

    def _group(self, items: list[tuple[Column, Typed]]) -> str:
        clause = self.node.args.get("group")
        if clause is None:
            return ""
        if clause.args.get("all"):
            raise refuse("GROUP BY ALL")
        return " GROUP BY " + ", ".join(self._group_item(one, items) for one in clause.expressions)

    def _group_item(self, node: Any, items: list[tuple[Column, Typed]]) -> str:
        if isinstance(node, exp.Rollup | exp.Cube):
            word = type(node).__name__.upper()
            return f"{word}({', '.join(self._group_item(one, items) for one in node.expressions)})"
        if isinstance(node, exp.GroupingSets):
            return f"GROUPING SETS ({', '.join(self._group_item(one, items) for one in node.expressions)})"
        if isinstance(node, exp.Tuple):
            return f"({', '.join(self._group_item(one, items) for one in node.expressions)})"
        if isinstance(node, exp.Literal) and not node.is_string:
            at = int(node.name)
            if not 1 <= at <= len(items):
                raise fail("INVALID_COLUMN_REFERENCE", f"GROUP BY position {at} is not in select list", node)
            return str(at)
        typed = self.inside.of(node)
        return f"({typed.sql})" if typed.type == INTEGER and typed.literal is not None else typed.sql


def unique(columns: list[Column]) -> list[Column]:
    """Columns whose names for DuckDB differ, though a statement may give one name twice."""
    seen: set[str] = set()
    named = []
    for column in columns:
        name, at = column.name, 1
        while name in seen:
            at += 1
            name = f"{column.name}_{at}"
        seen.add(name)
        named.append(replace(column, name=name))
    return named
