"""Which column a name means, as Trino resolves it: input columns only, innermost query first, no alias reuse."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.support.local_aws.errors import fail
from tests.support.local_aws.types import Type


@dataclass(frozen=True)
class Typed:
    """An expression in DuckDB's SQL with the type that Trino gives it."""

    sql: str
    type: Type
    literal: Any = None


@dataclass(frozen=True)
class Field:
    """A column of a relation: as it is called, and how DuckDB reaches it. What USING merged is `hidden` below its own
    table's name; what no file holds, such as `"$path"`, is not `in_star`."""

    name: str
    typed: Typed
    label: str = ""
    hidden: bool = False
    in_star: bool = True


@dataclass(frozen=True)
class Source:
    """A relation in FROM, under its alias or its name."""

    alias: str
    fields: tuple[Field, ...]
    schema: str = ""


@dataclass
class Scope:
    """What an expression may name."""

    sources: list[Source] = field(default_factory=list)
    parent: Scope | None = None
    extra: dict[str, Typed] = field(default_factory=dict)

    def column(self, parts: list[str], node: Any) -> Typed:
        """The column, or the field of a row, that dotted parts name."""
        scope: Scope | None = self
        while scope is not None:
            found = scope._here(parts, node)
            if found is not None:
                return found
            scope = scope.parent
        name = ".".join(parts)
        raise fail(
            "COLUMN_NOT_FOUND",
            f"Column '{name}' cannot be resolved or requester is not authorized to access requested resources",
            node,
        )

    def _here(self, parts: list[str], node: Any) -> Typed | None:
        if len(parts) == 1 and parts[0] in self.extra:
            return self.extra[parts[0]]
        for taken in range(min(len(parts), 4), 0, -1):
            found = self._matches(parts[:taken])
            if len(found) > 1:
                raise fail("AMBIGUOUS_NAME", f"Column '{'.'.join(parts[:taken])}' is ambiguous", node)
            if found:
                return self._dereference(found[0], parts[taken:], node)
        if len(parts) > 1 and parts[0] in self.extra:
            return self._dereference(self.extra[parts[0]], parts[1:], node)
        return None

    def _matches(self, parts: list[str]) -> list[Typed]:
        qualifier, name = parts[:-1], parts[-1]
        return [
            one.typed
            for source in self.sources
            if not qualifier or _is_called(source, qualifier)
            for one in source.fields
            if one.name == name and not (one.hidden and not qualifier)
        ]

    def _dereference(self, typed: Typed, rest: list[str], node: Any) -> Typed | None:
        for name in rest:
            if typed.type.name != "row":
                return None
            kinds = {key: kind for key, kind in typed.type.args if key}
            if name not in kinds:
                return None
            typed = Typed(f"struct_extract({typed.sql}, {quote_text(name)})", kinds[name])
        return typed

    def stars(self, qualifier: list[str], node: Any) -> list[Field]:
        """The columns of `*` or `alias.*`."""
        found = [source for source in self.sources if not qualifier or _is_called(source, qualifier)]
        if not found:
            raise fail("SYNTAX_ERROR", f"Unable to resolve reference {'.'.join(qualifier)}", node)
        return [one for source in found for one in source.fields if one.in_star and not one.hidden]


def _is_called(source: Source, qualifier: list[str]) -> bool:
    full = ["awsdatacatalog", source.schema, source.alias] if source.schema else [source.alias]
    return full[-len(qualifier) :] == qualifier


def quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
