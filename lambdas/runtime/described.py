"""AWS's descriptions, read in one way by every look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


def pages(client: Any, operation: str, key: str, **asked: Any) -> list[Mapping[str, Any]]:
    """What all pages of an answer hold under `key`. Raises botocore errors."""
    return [each for page in client.get_paginator(operation).paginate(**asked) for each in page[key]]


def tag_pairs(told: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[str, str], ...]:
    """Tags as (key, value); none where AWS tells none."""
    return tuple((tag.get("Key", ""), tag.get("Value", "")) for tag in told or ())
