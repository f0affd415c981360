"""What a statement read: tables, columns, files and the bytes of their column chunks, from DuckDB's own plan."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from tests.support.local_aws.journal import Scan
from tests.support.local_aws.objects import KEY, footer
from tests.support.local_aws.sql.names import quote, quote_text

if TYPE_CHECKING:
    from tests.support.local_aws.engine import Run

LITERAL = re.compile(r"'(?:[^']|'')*'")


def scans(run: Run) -> list[Scan]:
    """The scans of the statement that a run's cursor has just executed."""
    told = run.cursor.get_profiling_information()
    tree = json.loads(told) if isinstance(told, str) else told
    return [found for node in _nodes(tree) if (found := _scan(run, node)) is not None]


def _nodes(tree: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if "Filename(s)" in (node.get("extra_info") or {}):
            yield node["extra_info"]
        waiting.extend(node.get("children") or [])


def _texts(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value] if value else []


def _scan(run: Run, extra: dict[str, Any]) -> Scan | None:
    first = extra["Filename(s)"].split(", ")[0]
    known = run.tables.files.get(first)
    if known is None:
        return None
    table = known[0]
    content = {
        path: (one, values) for path, (of, one, values) in run.tables.files.items() if of.full_name == table.full_name
    }
    keys = tuple(known[2])
    told = " AND ".join(_texts(extra.get("File Filters"))).replace(KEY, "")
    paths = _matching(run, content, keys, told) if told else list(content)
    columns = _columns(extra, paths)
    chunks = 0
    for path in paths:
        sizes = footer(path).chunk_bytes if not path.endswith(".csv") and _is_parquet(table) else {}
        chunks += sum(sizes.get(name, 0) for name in columns) if sizes else content[path][0].size
    own = frozenset(one.name for one in table.columns if one.name not in keys)
    return Scan(
        table.full_name,
        tuple(sorted(columns & own)),
        tuple(sorted(own)),
        keys,
        tuple(sorted({tuple(content[path][1].values()) for path in paths}, key=str)),
        told,
        tuple(content[path][0].uri for path in paths),
        chunks,
    )


def _is_parquet(table: Any) -> bool:
    info = table.storage.get("SerdeInfo") or {}
    return table.is_iceberg or "parquet" in info.get("SerializationLibrary", "").lower()


def _columns(extra: dict[str, Any], paths: list[str]) -> set[str]:
    """Names that the scan puts out or filters by, in lower case."""
    found = {one.strip('"').lower() for one in _texts(extra.get("Projections"))}
    filters = LITERAL.sub("", " ".join(_texts(extra.get("Filters"))))
    words = {word.strip('"').lower() for word in re.findall(r'"[^"]+"|\w+', filters)}
    return found | words


def _matching(run: Run, content: dict[str, Any], keys: tuple[str, ...], told: str) -> list[str]:
    """The files whose partition values a filter on partitions lets pass."""
    types = {one.name: one.type.duck for table, _, _ in run.tables.files.values() for one in table.columns}
    rows = ", ".join(
        "(" + ", ".join([quote_text(path), *("NULL" if v is None else quote_text(v) for v in values.values())]) + ")"
        for path, (_, values) in content.items()
    )
    named = ", ".join(["filename", *(quote(key) for key in keys)])
    typed = ", ".join(["filename", *(f"CAST({quote(key)} AS {types[key]}) AS {quote(key)}" for key in keys)])
    sql = f"SELECT filename FROM (SELECT {typed} FROM (VALUES {rows}) AS v({named})) WHERE {told}"
    return [path for (path,) in run.engine.duck.cursor().execute(sql).fetchall()]
