"""The tag by which an owner keeps every action away. Pure."""

from __future__ import annotations

PROTECT = "finops:protect"


def is_protection(key: str, value: str) -> bool:
    """Whether a tag protects its resource: whatever it says but `false`, in any letter case."""
    return key.lower() == PROTECT and value.strip().lower() != "false"
