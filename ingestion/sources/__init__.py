"""The forms of bill that can be read: one file each, registered in one line each."""

from __future__ import annotations

from ingestion.sources import cur2, focus, legacy_cur
from ingestion.sources.form import Form

FORMS: tuple[Form, ...] = (
    cur2.FORM,
    legacy_cur.FORM,
    focus.FORM,
)


def form(source: str) -> Form:
    """The registered form of that source name. Raises KeyError naming the valid ones."""
    for known in FORMS:
        if known.source == source:
            return known
    raise KeyError(f"{source!r} is not a form of bill; the forms are {', '.join(one.source for one in FORMS)}")
