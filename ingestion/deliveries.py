"""Deliveries: what was accepted, how the same one is recognised, and the one write that makes it the current one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from ingestion.bills import FoundBill
from lake import turns, zones
from lake.errors import LakeError
from lake.store import Store


class Status(StrEnum):
    """How final a delivery is.

    OPEN: its month was not over when it was accepted. PROVISIONAL: the month was over, and lines that cost something
    had no invoice id yet. FINAL: every such line has one. RESTATED: it changed a month that had been final.
    """

    OPEN = "OPEN"
    PROVISIONAL = "PROVISIONAL"
    FINAL = "FINAL"
    RESTATED = "RESTATED"


@dataclass(frozen=True)
class BillFile:
    """A bill's file as it was read: its key in the bills folder, its size, and a token of its content."""

    key: str
    size: int
    version: str


@dataclass(frozen=True)
class PayerTotal:
    """Rows and unblended cost of one payer in one currency, from the bill's own files.

    `billed_cost` is what is invoiced: the unblended cost, or the net cost where discounts stand in net columns alone.
    `invoiced_count` are the lines with an invoice id, `uninvoiced_count` those without one that cost something. These
    three are None in records of lakes that did not count them yet.
    """

    billing_account_id: str
    billing_currency: str
    row_count: int
    unblended_cost: Decimal
    invoiced_count: int | None = None
    uninvoiced_count: int | None = None
    billed_cost: Decimal | None = None


@dataclass(frozen=True)
class InvoiceTotal:
    """Rows and billed cost of one payer and currency on one invoice; `invoice_id` is blank for what is on none yet."""

    billing_account_id: str
    billing_currency: str
    invoice_id: str
    row_count: int
    billed_cost: Decimal


@dataclass(frozen=True)
class AccountUsage:
    """An account on a payer's bill: when its first and last metered lines start, ISO 8601 UTC, blank without any."""

    billing_account_id: str
    sub_account_id: str
    usage_from: str
    usage_through: str


@dataclass(frozen=True)
class Delivery:
    """One export of one billing period ('YYYY-MM') as accepted.

    `unblended_cost` is the exact sum over all rows, a checksum only where a bill has several currencies. `files` are
    keys of the lake; a bill that is read in place has none, and `in_place` is the s3:// address of the folder in which
    its `source_files` lie. `accepted_at` is ISO 8601 UTC; `usage_from` and `usage_through` are UTC days of the usage on
    the bill; `granularity` is HOURLY, DAILY, MONTHLY or blank. `status` is a Status, blank in records of older lakes.
    `invoices` sum up to `payers`, exactly; they and `accounts` are missing in records of older lakes.
    """

    delivery_id: str
    source: str
    export_name: str
    billing_period: str
    execution_id: str
    accepted_at: str
    granularity: str
    files: tuple[str, ...]
    source_files: tuple[BillFile, ...]
    row_count: int
    unblended_cost: Decimal
    payers: tuple[PayerTotal, ...]
    missing_columns: tuple[str, ...]
    unknown_columns: tuple[str, ...]
    usage_from: str
    usage_through: str
    status: str = ""
    in_place: str = ""
    invoices: tuple[InvoiceTotal, ...] = ()
    accounts: tuple[AccountUsage, ...] = ()

    def to_json(self) -> bytes:
        """The record as it is written; amounts are text, so that no digit is lost."""
        told = {name: value for name, value in asdict(self).items() if name != "in_place" or value}
        return (json.dumps(told, indent=2, default=lambda amount: format(amount, "f")) + "\n").encode()

    @classmethod
    def from_json(cls, content: bytes) -> Delivery:
        """Read a record. Raises ValueError, TypeError or KeyError for one that is not ours."""
        fields: dict[str, Any] = json.loads(content)
        # What a pointer tells beside the record.
        fields = {name: value for name, value in fields.items() if name not in ("turns", "previous")}
        lists = {key: tuple(fields[key]) for key in ("files", "missing_columns", "unknown_columns")}
        payers = tuple(PayerTotal(**{**payer, **_amounts(payer)}) for payer in fields["payers"])
        invoices = tuple(
            InvoiceTotal(**{**invoice, "billed_cost": Decimal(invoice["billed_cost"])})
            for invoice in fields.get("invoices", ())
        )
        accounts = tuple(AccountUsage(**account) for account in fields.get("accounts", ()))
        sources = tuple(BillFile(**file) for file in fields["source_files"])
        read = {"payers": payers, "invoices": invoices, "accounts": accounts, "source_files": sources}
        return cls(**{**fields, **lists, **read, "unblended_cost": Decimal(fields["unblended_cost"])})

    @property
    def record_key(self) -> str:
        """Where this record is kept for good."""
        folder = zones.period_folder(self.source, self.export_name, self.billing_period)
        return f"{folder}/{self.delivery_id}.json"

    @property
    def pointer_key(self) -> str:
        """The pointer that makes it current."""
        return zones.current_delivery(self.source, self.export_name, self.billing_period)


def delivery_id(bill: FoundBill, files: Sequence[BillFile]) -> str:
    """Sixteen hex digits that are the same for the same content of the same export and period, wherever it lies."""
    named = sorted((file.key.rpartition("/")[2], file.version) for file in files)
    told = json.dumps([bill.source, bill.export_name, bill.billing_period, named])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def current(store: Store, bill: FoundBill) -> Delivery | None:
    """The delivery that readers see for this export and period, or None. Raises LakeError for a broken pointer."""
    return _read(store, zones.current_delivery(bill.source, bill.export_name, bill.billing_period))


def current_deliveries(store: Store) -> list[Delivery]:
    """Every current delivery in the lake, sorted by source, export and period."""
    keys = [file.key for file in store.files(f"{zones.DELIVERIES}/") if file.key.endswith(f"/{turns.POINTER}")]
    found = [delivery for key in keys if (delivery := _read(store, key)) is not None]
    return sorted(found, key=lambda one: (one.source, one.export_name, one.billing_period))


def accepted(store: Store, bill: FoundBill, identity: str) -> Delivery | None:
    """The record of the same content, if it was ever accepted for this export and period."""
    return _read(store, f"{zones.period_folder(bill.source, bill.export_name, bill.billing_period)}/{identity}.json")


def commit(store: Store, delivery: Delivery, now: datetime) -> None:
    """Make a delivery, whose files are all in the lake, the current one from `now` on. The pointer's write commits."""
    folder = zones.period_folder(delivery.source, delivery.export_name, delivery.billing_period)
    shelf = turns.shelf(store, folder)
    taken = shelf.turns
    # A record keeps its time. It is changed only when its files are gone from where they were, or copied after all.
    kept = _read(store, delivery.record_key)
    if kept is None:
        store.write(delivery.record_key, delivery.to_json())
    elif (kept.files, kept.in_place) != (delivery.files, delivery.in_place):
        moved = replace(kept, files=delivery.files, in_place=delivery.in_place, source_files=delivery.source_files)
        store.write(delivery.record_key, moved.to_json())
    if not taken or taken[-1].delivery_id != delivery.delivery_id:
        taken = (*taken, turns.Turn(delivery.delivery_id, now.isoformat()))
    store.write(delivery.pointer_key, turns.pointer_content(turns.shelf(store, folder).records, taken))
    if shelf.dropped_at:
        store.delete(shelf.dropped_key)


def status_of(payers: Sequence[PayerTotal], billing_period: str, accepted_at: datetime, before: Delivery | None) -> str:
    """The Status of a delivery of a month 'YYYY-MM' (UTC) that takes the place of `before`."""
    if before is not None and before.status in (Status.FINAL, Status.RESTATED):
        return before.status if _told(before.payers) == _told(payers) else Status.RESTATED
    if accepted_at.strftime("%Y-%m") <= billing_period:
        # Purchases are invoiced at once, so an open month may well show some invoice ids.
        return Status.OPEN
    is_final = not sum(one.uninvoiced_count or 0 for one in payers) and any(one.invoiced_count for one in payers)
    return Status.FINAL if is_final else Status.PROVISIONAL


def _amounts(payer: dict[str, Any]) -> dict[str, Decimal | None]:
    """A payer's amounts, which are text in its record."""
    billed = payer.get("billed_cost")
    return {
        "unblended_cost": Decimal(payer["unblended_cost"]),
        "billed_cost": None if billed is None else Decimal(billed),
    }


def _told(payers: Sequence[PayerTotal]) -> set[tuple[str, str, int, Decimal]]:
    return {(one.billing_account_id, one.billing_currency, one.row_count, one.unblended_cost) for one in payers}


def _read(store: Store, key: str) -> Delivery | None:
    content = store.read(key)
    if content is None:
        return None
    try:
        return Delivery.from_json(content)
    except (ValueError, TypeError, KeyError) as error:
        raise LakeError(
            "The record of a delivery cannot be read.",
            where=store.location(key),
            todo="Delete this file and ingest the bill again.",
        ) from error
