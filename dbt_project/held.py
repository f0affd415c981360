"""Which payer's months are held back, by the tables of this build, and what is published of them instead."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lake.held import Held
from lake.sql import path_literal
from lake.tables import Mart

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Marts whose rows compare two months, with the column of the other one: neither may be held back.
COMPARING = {"cost_comparisons": "compared_period", "cost_movers": "compared_period"}

# Marts whose rows rest on all months of their payer.
RESTING_ON_ALL_MONTHS = ("cost_forecasts", "recommendation_history")

# The files of each mart as they lie published: of a month that is held back the last good rows are there.
LastGood = Mapping[str, Sequence[Path]]

# They tell what was found, also of a month that is held back.
TELLING = ("reconciliation", "identities")

_FAILED = """
select billing_period, billing_account_id,
    table_name || ' ' || measure || case invoice_id
        when 'all' then '' when '' then ' of what is on no invoice yet' else ' of invoice ' || invoice_id end
    || ' is not what ' || case compared_with
        when 'landing' then 'the bill''s files hold' else compared_with || ' holds' end as what,
    expected_cost, actual_cost, billing_currency, expected_charge_count, actual_charge_count
from marts.reconciliation where not is_reconciled
union all
select billing_period, billing_account_id, '«' || sentence || '» does not hold for ' || part,
    expected_cost, actual_cost, billing_currency, null, null
from marts.identities where holds_back and not holds
order by 1, 2, 3
"""


def held_by(engine: DuckDBPyConnection) -> tuple[Held, ...]:
    """The months that this build's totals and identities hold back, with every reason, sorted."""
    reasons: dict[tuple[str, str], list[str]] = defaultdict(list)
    for period, payer, what, expected, actual, currency, lines, found in engine.execute(_FAILED).fetchall():
        # A rule of FOCUS speaks of rows; its amounts are equal.
        text = what
        if expected != actual or lines != found:
            text += f": expected {expected:f} {currency}, found {actual:f}, difference {actual - expected:+f}"
        reasons[period, payer].append(text + (f", {found or 0:,} of {lines or 0:,} lines" if lines != found else ""))
    return tuple(Held(period, payer, tuple(told)) for (period, payer), told in sorted(reasons.items()))


def select_published(engine: DuckDBPyConnection, mart: Mart, held: Sequence[Held], last_good: LastGood) -> str:
    """SQL of the rows to publish: this build's, and for months that are held back those of the last good mart.

    Rows that are kept are not actionable, the newest month is the newest that is published, and a month beside one that
    is held back is compared with nothing: the two are of different builds.
    """
    if not held or mart.name in TELLING:
        return f"select * from marts.{mart.name}"  # noqa: S608
    columns = [row[0] for row in engine.execute(f"describe marts.{mart.name}").fetchall()]
    known = _columns(engine, last_good[mart.name])
    kept = ", ".join(f'"{name}"' if name in known else f'null as "{name}"' for name in columns)
    rows = f"select * from marts.{mart.name} where not {_among(mart, [one.bill for one in held])}"  # noqa: S608
    if last_good[mart.name]:
        is_held = _among(mart, [one.bill for one in held])
        rows += f" union all select {kept} from {_files(last_good[mart.name])} where {is_held}"  # noqa: S608
    return f"select {_corrected(mart, columns, held, last_good)} from ({rows}) {_told_alone(mart, held)}"  # noqa: S608


def _corrected(mart: Mart, columns: Sequence[str], held: Sequence[Held], last_good: LastGood) -> str:
    is_held = _among(mart, [one.bill for one in held])
    changed = {
        "is_actionable": f"case when {is_held} then false else is_actionable end",
        "is_latest_period": f"({mart.payer}, {mart.period}) in ({_newest(held, last_good)})",
    }
    if mart.name == "monthly_costs":
        beside = _among(mart, _beside(held))
        changed["is_previous_period_known"] = f"case when {beside} then false else is_previous_period_known end"
        compared = [name for name in columns if name.startswith("previous_") or "_change" in name]
        changed |= {name: f"case when {beside} then null else {name} end" for name in compared}
    return ", ".join(f'{changed[name]} as "{name}"' if name in changed else f'"{name}"' for name in columns)


def _told_alone(mart: Mart, held: Sequence[Held]) -> str:
    """Rows that only tell the month before go where that month is not compared, and so does what compares alone.

    A forecast and a finding's history rest on all months of their payer.
    """
    if mart.name in RESTING_ON_ALL_MONTHS:
        payers = ", ".join("'" + one.billing_account_id.replace("'", "''") + "'" for one in held)
        return f"where {mart.payer} not in ({payers})"
    if mart.name in COMPARING:
        bills = _literals([one.bill for one in held])
        pair = f"({COMPARING[mart.name]}, {mart.payer})"
        return f"where not {_among(mart, [one.bill for one in held])} and {pair} not in ({bills})"
    if mart.name != "monthly_costs":
        return ""
    return f"where charge_count > 0 or not {_among(mart, _beside(held))}"


def _newest(held: Sequence[Held], last_good: LastGood) -> str:
    bills = _literals([one.bill for one in held])
    pair = "(billing_period, billing_account_id)"
    months = f"select billing_account_id, billing_period from marts.daily_costs where {pair} not in ({bills})"  # noqa: S608
    if last_good["daily_costs"]:
        months += (
            f" union all select billing_account_id, billing_period from {_files(last_good['daily_costs'])} "  # noqa: S608
            f"where {pair} in ({bills})"
        )
    return f"select billing_account_id, max(billing_period) from ({months}) group by 1"  # noqa: S608


def _beside(held: Sequence[Held]) -> list[tuple[str, str]]:
    """The months that are held back, and the ones after them."""
    return [bill for one in held for bill in (one.bill, (_next(one.billing_period), one.billing_account_id))]


def _next(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12:04d}-{month % 12 + 1:02d}"


def _among(mart: Mart, bills: Sequence[tuple[str, str]]) -> str:
    return f"(({mart.period}, {mart.payer}) in ({_literals(bills)}))"


def _literals(bills: Sequence[tuple[str, str]]) -> str:
    return ", ".join("(" + ", ".join("'" + part.replace("'", "''") + "'" for part in bill) + ")" for bill in bills)


def _files(paths: Sequence[Path]) -> str:
    return f"read_parquet([{', '.join(map(path_literal, paths))}], union_by_name = true)"


def _columns(engine: DuckDBPyConnection, paths: Sequence[Path]) -> set[str]:
    if not paths:
        return set()
    return {row[0] for row in engine.execute(f"describe select * from {_files(paths)}").fetchall()}  # noqa: S608
