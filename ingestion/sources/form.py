"""What every form of bill has to tell: how to find its bills, and which of its columns fold into a map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingestion.bills import BillFolder, FoundBill
from ingestion.sources.roles import Roles


@dataclass(frozen=True)
class Fold:
    """Columns of one prefix that become one map. The part of the name after the prefix is the key."""

    column: str
    prefix: str


@dataclass(frozen=True)
class Finding:
    """The bills of one form in a folder, and the keys that this form explains, read or not."""

    bills: tuple[FoundBill, ...]
    claimed: frozenset[str]


@dataclass(frozen=True)
class Form:
    """One form of bill. `find` lists the folder's bills of this form and reads manifests only.

    `find` raises BadBillError for a bill that is of this form and broken.
    """

    source: str
    title: str
    find: Callable[[BillFolder], Finding]
    roles: Roles
    folds: tuple[Fold, ...] = ()
    # Columns that repeat what the name of their folder says: not kept, and no news.
    partitions: frozenset[str] = frozenset()
    # What a header of a file is called in the form's dictionary.
    column_name: Callable[[str], str] = str.lower
    # Whether a file with such headers is of this form, where no folder tells.
    is_loose: Callable[[Sequence[str]], bool] = lambda _: False
    # Words, not in quotes, that stand for nothing in its csv, beside the blank field.
    null_words: tuple[str, ...] = ()
