"""Words of SQL that several rooms write."""

from __future__ import annotations

import re
from pathlib import Path


def path_literal(path: str | Path) -> str:
    """A path as a SQL literal for DuckDB's readers, in which `*`, `?` and `[` would stand for other files."""
    quoted = re.sub(r"([*?\[])", r"[\1]", str(path)).replace("'", "''")
    return f"'{quoted}'"
