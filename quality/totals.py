"""The totals of a payer's month, from every place that tells one: the bill's files, landed rows, the waist, the marts.

Nothing here asks dbt. Which of two exports of a month counts is worked out again, by the rule that docs/billing.md
tells, so that a mistake in the models shows as a difference.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from lake import zones
from lake.errors import LakeError
from lake.store import Store
from lake.tables import BILL_SOURCES, MART_NAMES

BILLED = "billed_cost"
MEASURES = (BILLED, "amortized_cost", "effective_cost")
FILES, LANDING, WAIST = "files", "landing", "int_charges"

# What a CUR invoices: with discount lines the sum of gross amounts, without them that of net amounts, if there are any.
_NET_OF_DISCOUNTS = """
case
    when count(nullif(line_item_net_unblended_cost, 0)) > 0 and count_if(line_item_line_item_type like '%Discount') = 0
        then sum(coalesce(line_item_net_unblended_cost, line_item_unblended_cost))
    else sum(line_item_unblended_cost)
end
"""

# How each form of bill names payer, currency and billed cost in its landed files.
_LANDED_COLUMNS = (
    ("bill_payer_account_id", "line_item_currency_code", "line_item_unblended_cost"),
    ("billing_account_id", "billing_currency", "billed_cost"),
    ("BillingAccountId", "BillingCurrency", "BilledCost"),
)


class Bill(NamedTuple):
    """A payer's month in one currency; `billing_period` is YYYY-MM."""

    billing_period: str
    billing_account_id: str
    billing_currency: str


class Total(NamedTuple):
    """An exact amount in the bill's currency, and the bill lines it is made of."""

    cost: Decimal
    charge_count: int


Totals = Mapping[Bill, Total]


@dataclass(frozen=True)
class Share:
    """One payer's part of one accepted delivery: what its files held, per currency, when they were accepted."""

    delivery_id: str
    source: str
    export_name: str
    billing_period: str
    billing_account_id: str
    accepted_at: str
    files: tuple[str, ...]
    totals: tuple[tuple[str, Total], ...]

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
    return tuple(share for key in keys for share in _shares(store, key))


def _shares(store: Store, key: str) -> list[Share]:
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
        files = tuple(record["files"])
    except (ValueError, KeyError, TypeError, ArithmeticError) as error:
        raise LakeError(
            "The record of a delivery cannot be read.", where=store.location(key), todo="Ingest the bill again."
        ) from error
    return [
        Share(**told, billing_account_id=account, files=files, totals=tuple(totals))
        for account, totals in payers.items()
    ]


def elect(shares: Iterable[Share]) -> tuple[tuple[Share, ...], tuple[NotCounted, ...]]:
    """One delivery per payer and month, and those that do not count: two exports of a month are one bill told twice."""
    rivals: dict[tuple[str, str], list[Share]] = defaultdict(list)
    for share in shares:
        rivals[share.billing_period, share.billing_account_id].append(share)
    elected: list[Share] = []
    others: list[NotCounted] = []
    for _, group in sorted(rivals.items()):
        # Stable sorts, the last criterion first.
        group.sort(key=lambda share: share.delivery_id)
        group.sort(key=lambda share: share.accepted_at, reverse=True)
        group.sort(key=lambda share: (share.preference, -share.row_count))
        elected.append(group[0])
        others.extend(NotCounted(share, _why(group[0], share)) for share in group[1:])
    return tuple(elected), tuple(others)


def _why(winner: Share, loser: Share) -> str:
    named = f"{winner.export_name} ({winner.source})"
    if winner.preference < loser.preference:
        return f"{named} tells the same month, and {winner.source} is trusted before {loser.source}"
    if winner.row_count > loser.row_count:
        return f"{named} tells the same month with more lines, {winner.row_count:,} against {loser.row_count:,}"
    if winner.accepted_at > loser.accepted_at:
        return f"{named} tells the same month with as many lines and was accepted later"
    return f"{named} tells the same month with as many lines, and its delivery id comes first"


def totals_of_files(elected: Iterable[Share]) -> Totals:
    """What the bills' own files held when they were accepted."""
    return {
        Bill(share.billing_period, share.billing_account_id, currency): total
        for share in elected
        for currency, total in share.totals
    }


def totals_of_landing(store: Store, elected: Sequence[Share]) -> Totals:
    """The sum of the landed Parquet files as they lie there now. Raises LakeError for a file that cannot be read."""
    found: dict[Bill, Total] = {}
    counted = {(share.billing_period, share.delivery_id, share.billing_account_id) for share in elected}
    for period, delivery_id, files in sorted({(one.billing_period, one.delivery_id, one.files) for one in elected}):
        for account, currency, cost, count in _landed(store, files):
            if (period, delivery_id, account) in counted:
                found[Bill(period, account, currency)] = Total(cost, count)
    return found


def _landed(store: Store, files: Sequence[str]) -> list[tuple[str, str, Decimal, int]]:
    import duckdb

    if not files:
        return []
    paths = [_literal(str(store.local_copy(key))) for key in files]
    source = f"read_parquet([{', '.join(paths)}], union_by_name = true, hive_partitioning = false)"
    try:
        with duckdb.connect() as engine:
            engine.execute("set enable_progress_bar = false")
            there = {row[0] for row in engine.execute(f"describe select * from {source}").fetchall()}  # noqa: S608
            payer, currency, cost = next(names for names in _LANDED_COLUMNS if set(names) <= there)
            invoiced = _NET_OF_DISCOUNTS if cost == "line_item_unblended_cost" else f'sum("{cost}")'
            return engine.execute(
                f'select "{payer}", "{currency}", coalesce(cast({invoiced} as decimal(38, 10)), 0), count(*) '  # noqa: S608
                f"from {source} group by 1, 2"
            ).fetchall()
    except (duckdb.Error, StopIteration) as error:
        raise LakeError(
            "The landed files of a delivery cannot be read.",
            where=", ".join(store.location(key) for key in files),
            todo="Delete the folder of this delivery and run `finops ingest --bills PATH` again.",
        ) from error


def _literal(path: str) -> str:
    """A path in SQL for DuckDB's reader, in which `*`, `?` and `[` would stand for other files."""
    for char in "[*?":
        path = path.replace(char, f"[{char}]")
    return "'" + path.replace("'", "''") + "'"


def totals_of_waist(store: Store) -> dict[str, Totals]:
    """Per measure: what the last build that published found in the waist, as the reconciliation mart tells it.

    Amortized and effective costs are born in the waist: they are what its marts were compared with.
    """
    return {measure: _ask(store, "reconciliation", _waist_sql(measure)) for measure in MEASURES}


def _waist_sql(measure: str) -> str:
    told = f"table_name = '{WAIST}'" if measure == BILLED else f"compared_with = '{WAIST}'"
    amount, count = (
        ("actual_cost", "actual_charge_count") if measure == BILLED else ("expected_cost", "expected_charge_count")
    )
    # Amortized and effective costs stand there once per mart that was compared with them, each time the same.
    return (
        f"select billing_period, billing_account_id, billing_currency, max({amount}), max({count}) "  # noqa: S608
        f"from mart where measure = '{measure}' and {told} group by 1, 2, 3"
    )


@dataclass(frozen=True)
class MartSums:
    """How a mart whose rows add up to the bill names a payer's month, its measures, and the lines it accounts for.

    `charge_count` is blank for a mart that counts charges otherwise than the bill does.
    """

    mart: str
    bill: tuple[str, str, str]
    measures: tuple[tuple[str, str], ...]
    charge_count: str


_BILL = ("billing_period", "billing_account_id", "billing_currency")
_EVERY = tuple((measure, measure) for measure in MEASURES)
COST_MARTS = (
    MartSums("daily_costs", _BILL, _EVERY, "charge_count"),
    MartSums("monthly_costs", _BILL, _EVERY, "charge_count"),
    # FOCUS has no row for what takes covered usage back, and one of its own for what nobody used of a commitment.
    MartSums(
        "focus_1_2",
        ("x_BillingPeriod", "BillingAccountId", "BillingCurrency"),
        (("billed_cost", "BilledCost"), ("effective_cost", "EffectiveCost")),
        "",
    ),
)


def totals_of_marts(store: Store) -> dict[tuple[MartSums, str], Totals]:
    """Per mart and measure: the sum of the published Parquet file as it lies there now."""
    return {
        (sums, measure): _ask(
            store,
            sums.mart,
            f"select {', '.join(sums.bill)}, sum({column}), {f'sum({sums.charge_count})' if sums.charge_count else 0} "  # noqa: S608
            "from mart group by 1, 2, 3",
        )
        for sums in COST_MARTS
        if sums.mart in MART_NAMES
        for measure, column in sums.measures
    }


def _ask(store: Store, name: str, sql: str) -> Totals:
    """The answer of a query over a published mart, read from its file: a mart may be larger than memory."""
    import duckdb

    try:
        path = store.local_copy(zones.published_mart(name))
    except LakeError as error:
        raise LakeError(
            f"The mart {name} is not published.", where=error.where, todo="Run `finops build` first."
        ) from error
    try:
        with duckdb.connect() as engine:
            engine.execute("set enable_progress_bar = false")
            engine.execute(f"create view mart as from read_parquet({_literal(str(path))})")
            rows = engine.execute(sql).fetchall()
    except duckdb.Error as error:
        raise LakeError(
            f"The published mart {name} cannot be read, or lacks a column.", where=str(path), todo="Run `finops build`."
        ) from error
    # A month without charges of its own has rows that only tell the month before.
    return {Bill(*row[:3]): Total(Decimal(row[3]), int(row[4])) for row in rows if row[4] or row[3]}
