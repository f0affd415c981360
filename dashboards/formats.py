"""The forms in which a report is written, and how a file that a user named is written."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any

from lake.errors import LakeError


class ReportFormat(StrEnum):
    """How a report is written."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"
    PARQUET = "parquet"


def plain(value: Any) -> Any:
    """A cell as text that loses nothing: every digit of an amount, moments as ISO 8601 in UTC. None stays None."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value if value is None else str(value)


def write_whole(path: Path, content: bytes, what: str) -> None:
    """Write a file whole or not at all, and nothing beside it. Raises LakeError that names `what` it was."""
    aside = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside.write_bytes(content)
        aside.replace(path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise LakeError(
            f"The {what} cannot be written: {error.strerror}.",
            where=str(path),
            todo="Give a file that you may write with --to.",
        ) from error
