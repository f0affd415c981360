"""What a build asks of the engine that computes the marts, be it in this process or in an AWS account."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from lake.held import Held
from lake.tables import Mart

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Rows(Protocol):
    """The marts that a build made, as tables of the schema `marts` that DuckDB can read."""

    @property
    def connection(self) -> DuckDBPyConnection:
        """DuckDB, in which they stand."""
        ...

    def built(self, held: Sequence[Held]) -> Mapping[str, str]:
        """What each finished month was built from; a month that is held back is not finished.

        Called once, when it is known that every check has passed.
        """
        ...

    def provide(self, mart: Mart, without: Collection[str]) -> None:
        """Make a mart's rows readable; those of the months `without` are not asked for."""
        ...

    def notes(self) -> bytes | None:
        """What was noted of an earlier publication, if it still speaks of these tables."""
        ...

    def note(self, content: bytes) -> None:
        """Note what was published."""
        ...


@dataclass(frozen=True)
class DbtCall:
    """How dbt is called for an engine: its target, and what its profile and its models read.

    `place` is where the engine's tables lie, for a person; `working` is a local folder for dbt's own files.
    """

    target: str
    place: str
    working: Path
    environment: Mapping[str, str]
    variables: Mapping[str, Any] = field(default_factory=dict)
    flags: Sequence[str] = ()


class Engine(Protocol):
    """An engine at work on one build."""

    @property
    def dbt(self) -> DbtCall:
        """How dbt is called for it."""
        ...

    def computing(self) -> AbstractContextManager[None]:
        """What holds while dbt runs, and no longer, be its end good or not."""
        ...

    def rows(self, results: Sequence[Any]) -> AbstractContextManager[Rows]:
        """The marts of a build whose checks have passed; `results` are dbt's, a node each."""
        ...

    def end(self, results: Sequence[Any]) -> None:
        """Called when everything is published."""
        ...
