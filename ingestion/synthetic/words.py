"""The words that all columns of a bill are made of: rates, codes, accounts."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeVar

from ingestion.synthetic.accounts import Account

_MOST_KEPT = 5_000
_Key = TypeVar("_Key")
_Made = TypeVar("_Made")

Pairs = tuple[tuple[str, str], ...]
Cells = Mapping[str, "str | Decimal | Pairs"]


def rate(price: Decimal) -> str:
    """A rate as the bill writes it: ten decimals, as text."""
    return f"{price:.10f}"


def code(words: str, length: int, letters: str = "ABCDEFGHJKMNPQRSTUVWXYZ23456789") -> str:
    """A stable code for some words, as AWS has for prices."""
    number = int.from_bytes(hashlib.sha256(words.encode()).digest(), "big")
    found: list[str] = []
    while len(found) < length:
        number, at = divmod(number, len(letters))
        found.append(letters[at])
    return "".join(found)


def of_tier(cells: Cells) -> Cells:
    """The cost category `tier`, beside those that a line's account has already."""
    has, name = cells.get("cost_category", ()), str(cells["line_item_usage_account_name"])
    tier = "production" if name.endswith("-prod") else "other"
    return {"cost_category": (*(has if isinstance(has, tuple) else ()), ("tier", tier))}


def of_account(account: Account) -> Cells:
    """The columns of the account that used something."""
    return {
        "line_item_usage_account_id": account.id,
        "line_item_usage_account_name": account.name,
        "cost_category": (("product", account.product),) if account.product else (),
    }


def keep(known: dict[_Key, _Made], key: _Key, made: _Made) -> _Made:
    """Keep what was made for a kind of line, so that it is not made again for each; forget all once there are many.

    Lines of one kind lie close together, and a company of any size needs no more memory than a small one.
    """
    if len(known) >= _MOST_KEPT:
        known.clear()
    known[key] = made
    return made
