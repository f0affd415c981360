"""Failures as Athena tells them: `CODE: line 1:8: what is wrong`."""

from __future__ import annotations

from typing import Any

USER = 2


class StatementError(Exception):
    """A statement that fails. `reason` is Athena's StateChangeReason."""

    def __init__(self, reason: str, error_type: int = 1, category: int = USER):
        super().__init__(reason)
        self.reason = reason
        self.error_type = error_type
        self.category = category


class MalformedQueryError(Exception):
    """A statement that Trino's grammar does not know: StartQueryExecution itself refuses it."""


class NoSuchTableError(Exception):
    """The table is not in Glue."""


def position(node: Any) -> str:
    """Where a node stands in the statement, as far as the parser kept it."""
    seen = node
    while seen is not None and not (getattr(seen, "meta", None) and "line" in seen.meta):
        seen = getattr(seen, "this", None)
        if isinstance(seen, str):
            seen = None
    if seen is None:
        return "line 1:1"
    return f"line {seen.meta['line']}:{max(1, seen.meta['col'] - len(str(seen.name)) + 1)}"


def fail(code: str, message: str, node: Any = None) -> StatementError:
    """The error to raise for a statement that Trino analyzes and rejects, or that fails as it runs."""
    where = f"{position(node)}: " if node is not None else ""
    return StatementError(f"{code}: {where}{message}", 1)


def refuse(what: str) -> StatementError:
    """What Athena can do and this emulator cannot: said aloud rather than answered wrongly."""
    return StatementError(f"NOT_SUPPORTED: the local Athena does not know {what}", 1, category=3)
