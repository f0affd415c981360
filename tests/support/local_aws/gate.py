"""The Trino gate."""

from __future__ import annotations

import re


def grammar(sql: str) -> None:
    """For now, nothing is held back."""


def kind_of(sql: str) -> tuple[str, str]:
    """StatementType and SubstatementType of a statement that did not come to an end."""
    from tests.support.local_aws.statements import bare

    word = (re.match(r"\w+", bare(sql)) or ["SELECT"])[0].upper()
    if word in ("CREATE", "ALTER", "DROP", "MSCK"):
        return "DDL", word
    if word in ("SHOW", "DESCRIBE", "DESC"):
        return "UTILITY", word
    return "DML", "SELECT" if word in ("WITH", "VALUES") else word
