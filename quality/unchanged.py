"""Proof that Athena read the very files that were hashed: it reads the lake itself, not a copy of ours.

See docs/decisions/0010.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from lake import zones
from lake.errors import CheckFailedError
from lake.store import Store, StoredFile
from lake.tables import MART_NAMES


@contextmanager
def unchanged(store: Store) -> Iterator[None]:
    """Whatever is hashed and asked within speaks of the same files.

    A file counts as changed when its content token or the moment it was written did: a mart that was replaced and put
    back was not the same in between. Raises CheckFailedError at the end when a published file came, went or changed.
    """
    before = _published(store)
    yield
    after = _published(store)
    changed = sorted({file.key for file in before ^ after})
    if changed:
        raise CheckFailedError(
            "Marts were published while they were validated, so nobody can say which of them Athena read.",
            where=", ".join(store.location(key) for key in changed[:3]) + (", …" if len(changed) > 3 else ""),
            todo="Nothing was recorded. Run `finops validate` again when no build is at work.",
        )


def _published(store: Store) -> frozenset[StoredFile]:
    """Every file in the folders of the marts, also one that is no part of a mart: Athena would read it."""
    return frozenset(file for name in MART_NAMES for file in store.files(f"{zones.MARTS}/{name}/"))
