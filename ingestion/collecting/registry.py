"""Every source that can be collected, one line each, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

from ingestion.collecting.model import Source
from lake.errors import SettingsError
from lake.tables import COLLECTED_SOURCES


def source(name: str) -> Source:
    """The source of that name."""
    found: Source = import_module(f"ingestion.sources.{name}").SOURCE
    return found


def chosen(names: Sequence[str]) -> tuple[Source, ...]:
    """The sources of these names in the order in which they are asked, all of them for none.

    Raises SettingsError that lists the valid names.
    """
    unknown = [name for name in names if name not in COLLECTED_SOURCES]
    if unknown:
        raise SettingsError(
            f"There is no source {unknown[0]!r}.",
            where="SOURCE",
            todo="Choose one of: " + ", ".join(COLLECTED_SOURCES) + ".",
        )
    return tuple(source(name) for name in COLLECTED_SOURCES if not names or name in names)
