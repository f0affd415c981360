"""A file in the lake that an action keeps from run to run: JSON of a version, read whole or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from lake.errors import LakeError
from lake.store import Store

T = TypeVar("T")


def read(
    store: Store, key: str, version: int, parsed: Callable[[Any], dict[str, T]], *, what: str, todo: str
) -> dict[str, T]:
    """What `parsed` makes of the file, or nothing where there is none.

    Raises LakeError for a file that is damaged or of another version: it says that `what` cannot be read, and `todo`.
    """
    content = store.read(key)
    if content is None:
        return {}
    try:
        told = json.loads(content)
        if told["version"] != version:
            raise ValueError(f"version {told['version']}")
        return parsed(told)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise LakeError(f"{what} cannot be read: {error}.", where=store.location(key), todo=todo) from None
