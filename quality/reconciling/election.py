"""Which deliveries count where several tell one month, worked out anew from their records.

The models elect as well, by the same rule of docs/billing.md: a mistake in either shows as a difference of totals.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from lake import zones
from lake.errors import LakeError
from lake.placed import placed_files
from lake.store import Store
from lake.tables import BILL_SOURCES
from quality.reconciling.amounts import Total


class Account(NamedTuple):
    """An account on a payer's bill, and the UTC moments when its first and last metered lines start, if it has any."""

    sub_account_id: str
    usage: tuple[datetime, datetime] | None


@dataclass(frozen=True)
class Share:
    """One payer's part of one accepted delivery: what its files held, per currency, when they were accepted.

    `invoiced_count` are its lines on an invoice. `accounts` and `invoices` (currency, invoice id, total) are blank in
    records of older lakes. `files` are keys of the lake, or s3:// addresses where the bill is read in place.
    """

    delivery_id: str
    source: str
    export_name: str
    billing_period: str
    billing_account_id: str
    accepted_at: str
    files: tuple[str, ...]
    totals: tuple[tuple[str, Total], ...]
    invoiced_count: int = 0
    accounts: tuple[Account, ...] = ()
    invoices: tuple[tuple[str, str, Total], ...] = ()

    @property
    def row_count(self) -> int:
        """Bill lines of this payer, in all currencies."""
        return sum(total.charge_count for _, total in self.totals)

    @property
    def preference(self) -> int:
        """How much the form of bill is trusted; the lowest wins."""
        return BILL_SOURCES.index(self.source) if self.source in BILL_SOURCES else len(BILL_SOURCES)


@dataclass(frozen=True)
class NotCounted:
    """A delivery whose payer and month another delivery tells as well, and why that other one counts."""

    share: Share
    why: str


def accepted_shares(store: Store) -> tuple[Share, ...]:
    """Every payer of every current delivery, from the records that were written when the files were accepted.

    Raises LakeError when no bill was ever accepted or a record cannot be read.
    """
    keys = [file.key for file in store.files(f"{zones.DELIVERIES}/") if file.key.endswith("/current.json")]
    if not keys:
        raise LakeError("The lake holds no accepted bill.", where=store.uri, todo="Run `finops ingest --bills PATH`.")
    return tuple(share for key in keys for share in shares_of(store, key))


def shares_of(store: Store, key: str) -> list[Share]:
    """Every payer of the delivery with this record. Raises LakeError for a record that cannot be read."""
    try:
        record: dict[str, Any] = json.loads(store.read(key) or b"")
        payers: dict[str, list[tuple[str, Total]]] = defaultdict(list)
        for payer in record["payers"]:
            # Records of older lakes know no difference between what a line costs and what is invoiced for it.
            total = Total(Decimal(payer.get("billed_cost") or payer["unblended_cost"]), int(payer["row_count"]))
            payers[payer["billing_account_id"]].append((payer["billing_currency"], total))
        told = {
            name: record[name] for name in ("delivery_id", "source", "export_name", "billing_period", "accepted_at")
        }
        files = tuple(record["files"]) or tuple(file.address for file in placed_files(record))
        invoiced: Counter[str] = Counter()
        for payer in record["payers"]:
            invoiced[payer["billing_account_id"]] += payer.get("invoiced_count") or 0
        accounts: dict[str, list[Account]] = defaultdict(list)
        for one in record.get("accounts", ()):
            accounts[one["billing_account_id"]].append(Account(one["sub_account_id"], _usage(one)))
        invoices: dict[str, list[tuple[str, str, Total]]] = defaultdict(list)
        for one in record.get("invoices", ()):
            total = Total(Decimal(one["billed_cost"]), int(one["row_count"]))
            invoices[one["billing_account_id"]].append((one["billing_currency"], one["invoice_id"] or "", total))
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise LakeError(
            "The record of a delivery cannot be read.", where=store.location(key), todo="Ingest the bill again."
        ) from error
    return [
        Share(
            **told,
            billing_account_id=payer,
            files=files,
            totals=tuple(totals),
            invoiced_count=invoiced[payer],
            accounts=tuple(accounts[payer]),
            invoices=tuple(invoices[payer]),
        )
        for payer, totals in payers.items()
    ]


def _usage(record: Mapping[str, str]) -> tuple[datetime, datetime] | None:
    ends = (record["usage_from"], record["usage_through"])
    first, last = (datetime.fromisoformat(f"{end}+00:00") if end else None for end in ends)
    return (first, last) if first and last else None


def elect(shares: Iterable[Share]) -> tuple[tuple[Share, ...], tuple[NotCounted, ...]]:
    """One delivery per payer and month, and those that do not count: what another bill tells as well, counts there."""
    rivals: dict[tuple[str, str], list[Share]] = defaultdict(list)
    months: dict[str, list[Share]] = defaultdict(list)
    for share in shares:
        rivals[share.billing_period, share.billing_account_id].append(share)
        months[share.billing_period].append(share)
    elected: list[Share] = []
    others: list[NotCounted] = []
    for (period, _), group in sorted(rivals.items()):
        # Stable sorts, the last criterion first.
        group.sort(key=lambda share: share.delivery_id)
        group.sort(key=lambda share: share.accepted_at, reverse=True)
        group.sort(key=lambda share: (share.preference, -share.row_count))
        # A pro forma bill, or one of some accounts only, tells less of them and never carries an invoice.
        group.sort(key=lambda share: (-len(share.accounts), not share.invoiced_count))
        real = _real_payer(group[0], months[period])
        if real is None:
            elected.append(group[0])
        else:
            others.append(NotCounted(group[0], f"{real} pays for the same accounts at the same time: it is pro forma"))
        others.extend(NotCounted(share, _why(group[0], share)) for share in group[1:])
    return tuple(elected), tuple(others)


def _real_payer(share: Share, month: Iterable[Share]) -> str | None:
    """Who really pays what a bill of AWS Billing Conductor tells again: its payer is a member on a real bill."""
    payers = {
        other.billing_account_id
        for other in month
        if other.billing_account_id != share.billing_account_id and _tells_again(share, other)
    }
    # Two payers that are members of each other make no sense, and nothing tells which of them is real.
    mutual = any(_tells_again(other, share) for other in month if other.billing_account_id in payers)
    return min(payers) if payers and not mutual else None


def _tells_again(share: Share, other: Share) -> bool:
    own = [account.usage for account in share.accounts if account.usage]
    member = [
        account.usage
        for account in other.accounts
        if account.usage and account.sub_account_id == share.billing_account_id
    ]
    if not own or not member:
        return False
    since, through = min(usage[0] for usage in own), max(usage[1] for usage in own)
    shared = min(through, member[0][1]) - max(since, member[0][0])
    # An account that joins or leaves a payer has other days on a bill of its own.
    return shared >= timedelta(0) and 2 * shared >= through - since


def _why(winner: Share, loser: Share) -> str:
    named = f"{winner.export_name} ({winner.source})"
    accounts = len(winner.accounts), len(loser.accounts)
    if accounts[0] > accounts[1]:
        return f"{named} tells the same month with more accounts, {accounts[0]:,} against {accounts[1]:,}"
    if winner.invoiced_count and not loser.invoiced_count:
        return f"{named} tells the same month with its invoices"
    if winner.preference < loser.preference:
        return f"{named} tells the same month, and {winner.source} is trusted before {loser.source}"
    if winner.row_count > loser.row_count:
        return f"{named} tells the same month with more lines, {winner.row_count:,} against {loser.row_count:,}"
    if winner.accepted_at > loser.accepted_at:
        return f"{named} tells the same month with as many lines and was accepted later"
    return f"{named} tells the same month with as many lines, and its delivery id comes first"
