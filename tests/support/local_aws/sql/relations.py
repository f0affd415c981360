"""FROM: tables, views, common tables, subqueries, VALUES, UNNEST and joins."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tests.support.local_aws.errors import fail, refuse
from tests.support.local_aws.sql.casts import held_as
from tests.support.local_aws.sql.names import Field, Scope, Source, Typed, quote
from tests.support.local_aws.types import BIGINT, Type, common

if TYPE_CHECKING:
    from tests.support.local_aws.sql.queries import Queries


class Relations:
    """Fills a scope with what FROM names and writes FROM for DuckDB."""

    def __init__(self, queries: Queries, scope: Scope):
        self.queries = queries
        self.scope = scope

    def read(self, node: Any) -> str:
        clause = node.args.get("from_")
        joins = node.args.get("joins") or []
        if clause is None and not joins:
            return ""
        text = self._relation(clause.this)
        return " FROM " + text + "".join(self._join(join) for join in joins)

    def _relation(self, node: Any) -> str:
        if node.args.get("sample"):
            raise refuse("TABLESAMPLE")
        text = self._plain(node)
        inner = node.args.get("joins") if not isinstance(node, exp.Paren) else None
        return f"({text}{''.join(self._join(join) for join in inner)})" if inner else text

    def _plain(self, node: Any) -> str:
        if isinstance(node, exp.Table):
            return self._table(node)
        if isinstance(node, exp.Subquery):
            if isinstance(node.this, exp.Table | exp.Subquery) and not node.alias:
                return f"({self._relation(node.this)})"
            return self._query(node, self.queries.sub(node.this, self._outer()))
        if isinstance(node, exp.Values):
            return self._query(node, self.queries._values(node, self._outer()))
        if isinstance(node, exp.Unnest):
            return self._unnest(node)
        if isinstance(node, exp.Lateral):
            return "LATERAL " + self._query(node, self.queries.sub(node.this, self.scope))
        raise refuse(f"{type(node).__name__} in FROM")

    def _outer(self) -> Scope | None:
        return self.scope.parent

    def _table(self, node: exp.Table) -> str:
        if node.args.get("version"):
            raise refuse("time travel")
        name, database = node.name.lower(), (node.db or "").lower()
        if not database and name in self.queries.common:
            known = self.queries.common[name]
            return self._named(node, quote(known.name), known.columns, name, "")
        if node.catalog and node.catalog.lower() != "awsdatacatalog":
            raise fail("CATALOG_NOT_FOUND", f"Catalog '{node.catalog}' does not exist", node)
        query = self.queries.tables(self.queries, database or self.queries.database, name, node)
        text = self._named(node, f"({query.sql})", query.columns, name, database or self.queries.database)
        self._add_unlisted(query)
        return text

    def _add_unlisted(self, query: Any) -> None:
        """Columns such as `"$path"`, of the source that came last."""
        source = self.scope.sources[-1]
        alias = source.fields[0].typed.sql.rpartition(".")[0]
        more = tuple(
            Field(one.name, Typed(f"{alias}.{quote(one.name)}", one.type), one.label, in_star=False)
            for one in query.unlisted
        )
        self.scope.sources[-1] = replace(source, fields=source.fields + more)

    def _query(self, node: Any, query: Any) -> str:
        return self._named(node, f"({query.sql})", query.columns, "", "")

    def _named(self, node: Any, sql: str, columns: Any, name: str, schema: str) -> str:
        from tests.support.local_aws.sql.queries import renamed

        alias_node = node.args.get("alias")
        alias = node.alias.lower() if node.alias else name
        listed = alias_node.columns if alias_node is not None else []
        labels = renamed(columns, listed, node)
        unique = f"{alias or 'q'}_{self.queries.fresh()}"
        fields = tuple(
            Field(to.label.lower(), Typed(f"{quote(unique)}.{quote(one.name)}", one.type), to.label)
            for one, to in zip(columns, labels, strict=True)
        )
        self.scope.sources.append(Source(alias, fields, schema if alias == name else ""))
        return f"{sql} AS {quote(unique)}"

    def _unnest(self, node: exp.Unnest) -> str:
        from tests.support.local_aws.sql.expressions import Expressions

        inside = Expressions(self.queries, self.scope)
        inner, outer, at = [], [], 0
        kinds: list[Type] = []
        longest = []
        for item in node.expressions:
            typed = inside.of(item)
            longest.append(f"len({typed.sql})" if typed.type.name == "array" else f"cardinality({typed.sql})")
            for sql, kind, field in _spread(typed, item):
                inner.append(f"{sql} AS u{at}")
                outer.append(f"struct_extract(u{at}, {field})" if field else f"u{at}")
                kinds.append(kind)
                at += 1
        if node.args.get("offset"):
            count = longest[0] if len(longest) == 1 else f"greatest({', '.join(longest)})"
            inner.append(f"unnest(range(1, CAST({count} AS BIGINT) + 1)) AS u{at}")
            outer.append(f"u{at}")
            kinds.append(BIGINT)
        return self._unnested(node, inner, outer, kinds)

    def _unnested(self, node: exp.Unnest, inner: list[str], outer: list[str], kinds: list[Type]) -> str:
        alias = node.args.get("alias")
        names = [one.name for one in alias.columns] if alias is not None else []
        if node.args.get("offset") and isinstance(node.args["offset"], exp.Identifier):
            names.append(node.args["offset"].name)
        if names and len(names) != len(kinds):
            raise fail(
                "SYNTAX_ERROR",
                f"Column alias list has {len(names)} entries but relation has {len(kinds)} columns",
                node,
            )
        unique = f"u_{self.queries.fresh()}"
        names = names or [f"_col{at}" for at in range(len(kinds))]
        items = ", ".join(f"{sql} AS {quote(name.lower())}" for sql, name in zip(outer, names, strict=True))
        fields = tuple(
            Field(name.lower(), Typed(f"{quote(unique)}.{quote(name.lower())}", kind), name)
            for name, kind in zip(names, kinds, strict=True)
        )
        self.scope.sources.append(Source(node.alias.lower(), fields))
        return f"LATERAL (SELECT {items} FROM (SELECT {', '.join(inner)})) AS {quote(unique)}"

    def _join(self, join: exp.Join) -> str:
        if join.args.get("method"):
            raise refuse(f"{join.args['method']} JOIN")
        before = len(self.scope.sources)
        text = self._relation(join.this)
        side, kind = (join.side or "").upper(), (join.kind or "").upper()
        if join.args.get("using"):
            return self._using(join, text, before, side)
        on = join.args.get("on")
        if on is None and (kind == "CROSS" or not (side or kind)):
            return f" CROSS JOIN {text}"
        if on is None:
            raise fail("SYNTAX_ERROR", "a join needs a condition", join)
        from tests.support.local_aws.sql.expressions import Expressions

        condition = Expressions(self.queries, self.scope).condition(on, "JOIN ON")
        return f" {side or 'INNER'} JOIN {text} ON {condition}"

    def _using(self, join: exp.Join, text: str, before: int, side: str) -> str:
        """The columns of USING come first, once, and are named without a table only."""
        left, right = Scope(self.scope.sources[:before]), Scope(self.scope.sources[before:])
        merged, tests = [], []
        for one in join.args["using"]:
            name = one.name.lower()
            a, b = left.column([name], one), right.column([name], one)
            kind = common(a.type, b.type)
            if kind is None:
                raise fail("TYPE_MISMATCH", f"Cannot apply operator: {a.type} = {b.type}", join)
            tests.append(f"{held_as(a, kind).sql} = {held_as(b, kind).sql}")
            both = f"coalesce({held_as(a, kind).sql}, {held_as(b, kind).sql})"
            merged.append(
                Field(name, Typed(both if side == "FULL" else (b.sql if side == "RIGHT" else a.sql), kind), name)
            )
        gone = {one.name for one in merged}
        hidden = [
            replace(source, fields=tuple(replace(one, hidden=one.hidden or one.name in gone) for one in source.fields))
            for source in self.scope.sources
        ]
        self.scope.sources[:] = [Source("", tuple(merged)), *hidden]
        return f" {side or 'INNER'} JOIN {text} ON {' AND '.join(tests)}"


def _spread(typed: Typed, node: Any) -> list[tuple[str, Type, str]]:
    """The columns that UNNEST makes of one argument: their SQL, their type, the field of a row they are."""
    if typed.type.name == "map":
        key, value = typed.type.args
        return [(f"unnest(map_keys({typed.sql}))", key, ""), (f"unnest(map_values({typed.sql}))", value, "")]
    if typed.type.name != "array":
        raise fail("TYPE_MISMATCH", f"Cannot unnest type: {typed.type}", node)
    item = typed.type.args[0]
    if item.name == "row":
        return [
            (f"unnest({typed.sql})", kind, f"'{name or f'field{at}'}'") for at, (name, kind) in enumerate(item.args)
        ]
    return [(f"unnest({typed.sql})", item, "")]
