"""Moments in AWS's own words."""

from __future__ import annotations

import re
from datetime import UTC, datetime


def stopped_at(reason: str | None) -> datetime | None:
    """The moment in EC2's words, such as `User initiated (2026-01-31 12:00:00 GMT)`; aware UTC, None for none."""
    found = re.search(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:GMT|UTC)\)", reason or "")
    return datetime.fromisoformat(found[1]).replace(tzinfo=UTC) if found else None
