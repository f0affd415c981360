"""The marts as tables and files: what a person reads in a terminal, and what a spreadsheet or a script takes."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dashboards.columns import ORDER, SHOWN
from dashboards.formats import ReportFormat, plain, write_whole
from dashboards.scope import headline, month_before, where
from lake.errors import LakeError, SettingsError
from lake.marts import read_mart
from lake.output import Cell, Output, money
from lake.store import Store, open_store
from lake.tables import MART_NAMES


@dataclass(frozen=True)
class Spend:
    """Cost of one service in one month and currency, exact.

    `change` is from the same days of the month before; None where a payer has no bill of it.
    """

    service_name: str
    billed_cost: Decimal
    effective_cost: Decimal
    change: Decimal | None


@dataclass(frozen=True)
class Summary:
    """Where the money went in the newest month of the lake, in one currency, dearest service first."""

    billing_period: str
    currency: str
    billed_cost: Decimal
    effective_cost: Decimal
    services: tuple[Spend, ...]
    idle_count: int
    idle_monthly_cost: Decimal
    rightsizing_count: int
    rightsizing_monthly_savings: Decimal


def rows_of(store: Store, mart: str) -> pa.Table:
    """A published mart's rows. Raises LakeError when it is not published."""
    published = read_mart(store, mart)
    if published is None:
        raise LakeError(f"The mart {mart} is not published.", where=store.uri, todo="Run `finops build` first.")
    return published.rows


def summarize(store: Store, period: str | None = None) -> tuple[Summary, ...]:
    """Where the money went in a month (default: the newest), one summary per currency, dearest first.

    "all" is every month, newest first. Raises LakeError when the marts are not published, SettingsError when the lake
    has no such month.
    """
    monthly = rows_of(store, "monthly_costs")
    periods = sorted({str(month) for month in monthly["billing_period"].to_pylist()})
    if period == "all":
        return tuple(summary for month in reversed(periods) for summary in summarize(store, month))
    month = period or periods[-1]
    if month not in periods:
        raise SettingsError(
            f"The lake holds no bill of {month}.", where="--period", todo=f"Choose one of: {', '.join(periods)}."
        )
    of_month = [row for row in monthly.to_pylist() if row["billing_period"] == month]
    currencies = {row["billing_currency"] for row in of_month}
    summaries = [_summary(store, month, currency, of_month) for currency in currencies]
    return tuple(sorted(summaries, key=lambda summary: -summary.billed_cost))


def _summary(store: Store, month: str, currency: str, monthly: list[dict[str, Any]]) -> Summary:
    services: dict[str, list[dict[str, Any]]] = {}
    for row in monthly:
        if row["billing_currency"] == currency:
            services.setdefault(row["service_name"], []).append(row)
    changes = _changes(store, month, currency)
    spends = [_spend(name, rows, changes) for name, rows in services.items()]
    idle = _findings(store, "idle_resources", "monthly_cost", month, currency)
    better = _findings(store, "rightsizing_recommendations", "monthly_savings_cost", month, currency)
    return Summary(
        billing_period=month,
        currency=currency,
        billed_cost=_total(spend.billed_cost for spend in spends),
        effective_cost=_total(spend.effective_cost for spend in spends),
        services=tuple(sorted(spends, key=lambda spend: (-spend.billed_cost, spend.service_name))),
        idle_count=len(idle),
        idle_monthly_cost=_total(idle),
        rightsizing_count=len(better),
        rightsizing_monthly_savings=_total(better),
    )


def _changes(store: Store, month: str, currency: str) -> dict[str, Decimal] | None:
    """Billed cost of each service less that of the same days of the month before, as on the page."""
    daily = where(rows_of(store, "daily_costs"), billing_currency=currency)
    upto = daily.filter(pc.less_equal(daily["billing_period"], pa.scalar(month)))
    shown = headline(upto, date.max)
    if shown.period != month or not all(payer.is_previous_known for payer in shown.payers):
        return None
    changes: dict[str, Decimal] = defaultdict(Decimal)
    for rows, sign in ((shown.comparable, 1), (shown.previous, -1)):
        for row in rows.select(["service_name", "billed_cost"]).to_pylist():
            changes[row["service_name"]] += sign * row["billed_cost"]
    return changes


def _spend(service: str, rows: list[dict[str, Any]], changes: dict[str, Decimal] | None) -> Spend:
    return Spend(
        service,
        _total(row["billed_cost"] for row in rows),
        _total(row["effective_cost"] for row in rows),
        None if changes is None else changes.get(service, Decimal(0)),
    )


def _findings(store: Store, mart: str, amount: str, month: str, currency: str) -> list[Decimal]:
    """The largest amount of each resource: two rules on one resource are two ways out, not two savings."""
    best: dict[tuple[str, str, str], Decimal] = {}
    for row in rows_of(store, mart).to_pylist():
        if row["billing_period"] == month and row["billing_currency"] == currency:
            key = (row["sub_account_id"], row["region_id"], row["resource_id"])
            best[key] = max(best.get(key, Decimal(0)), row[amount] or Decimal(0))
    return list(best.values())


def _total(amounts: Any) -> Decimal:
    return sum(amounts, Decimal(0))


def show_summary(out: Output, summary: Summary, *, top: int = 12) -> None:
    """Print where the money went, dearest services first, the rest in one line, and what could be saved."""
    shown = summary.services[:top]
    rest = summary.services[top:]
    rows: list[list[Cell]] = [_line(spend, summary) for spend in shown]
    if rest:
        rows.append(_line(_sum_of(f"{len(rest)} more", rest), summary))
    everything = _sum_of("All services", summary.services)
    rows.append(_line(everything, summary))
    out.table(
        f"Where the money went in {summary.billing_period} ({summary.currency})",
        ["Service", "Billed", "Share", "Effective", "Change"],
        rows,
    )
    if everything.change is not None:
        out.say(f"Change: of billed cost, against the same days of {month_before(summary.billing_period)}.")
    out.say("")
    out.say(f"Idle: {summary.idle_count} resources, {money(summary.idle_monthly_cost, summary.currency)} a month.")
    out.say(
        f"Rightsizing: {summary.rightsizing_count} recommendations, "
        f"{money(summary.rightsizing_monthly_savings, summary.currency)} a month where the bill shows the prices."
    )


def _sum_of(name: str, spends: Sequence[Spend]) -> Spend:
    changes = [spend.change for spend in spends if spend.change is not None]
    return Spend(
        name,
        _total(spend.billed_cost for spend in spends),
        _total(spend.effective_cost for spend in spends),
        _total(changes) if len(changes) == len(spends) else None,
    )


def _line(spend: Spend, summary: Summary) -> list[Cell]:
    share = 100 * spend.billed_cost / summary.billed_cost if summary.billed_cost else Decimal(0)
    change = "" if spend.change is None else f"{spend.change:+z,.2f}"
    billed, effective = f"{spend.billed_cost:z,.2f}", f"{spend.effective_cost:z,.2f}"
    return [spend.service_name, billed, f"{share:z.1f}%", effective, change]


def render(rows: pa.Table, form: ReportFormat) -> bytes:
    """A mart's rows as a file. Amounts keep every digit; in JSON they are text, so that no reader rounds them."""
    if form is ReportFormat.PARQUET:
        sink = io.BytesIO()
        pq.write_table(rows, sink, compression="zstd")
        return sink.getvalue()
    records = rows.to_pylist()
    if form is ReportFormat.JSON:
        return (json.dumps(records, default=plain, indent=1) + "\n").encode()
    text = io.StringIO()
    writer = csv.DictWriter(text, rows.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: plain(value) for name, value in record.items()} for record in records)
    return text.getvalue().encode()


def show_rows(out: Output, mart: str, rows: pa.Table, *, top: int = 30) -> None:
    """Print the dearest rows of a mart with the columns that fit a terminal."""
    wanted = [name for name in SHOWN.get(mart, ()) if name in rows.column_names]
    by_cost = ORDER.get(mart)
    records = rows.to_pylist()
    if by_cost:
        records.sort(key=lambda row: row[by_cost] or Decimal(0), reverse=True)
    cells = [[_cell(row[name]) for name in wanted] for row in records[:top]]
    out.table(f"{mart} ({len(records):,} rows)", [name.replace("_", " ") for name in wanted], cells)
    if len(records) > top:
        out.say(f"The {top} dearest of {len(records):,}; --format csv --to FILE gives them all.")


def _cell(value: Any) -> Cell:
    if not isinstance(value, Decimal):
        return value if value is None else str(value)
    # What one of a million costs is not nothing.
    return f"{value:z,.6f}" if 0 < abs(value) < Decimal("0.005") else f"{value:z,.2f}"


def of_period(rows: pa.Table, period: str | None) -> pa.Table:
    """The rows of one month, of each payer's newest month (None), or of every month ("all").

    Raises SettingsError when the mart has no such month.
    """
    if period == "all" or not rows.num_rows:
        return rows
    if period is None and "is_latest_period" in rows.column_names:
        return rows.filter(rows["is_latest_period"])
    months = rows["billing_period" if "billing_period" in rows.column_names else "x_BillingPeriod"]
    month = period or str(pc.max(months).as_py())
    if not (chosen := rows.filter(pc.equal(months, pa.scalar(month)))).num_rows:
        raise SettingsError(f"The mart has no rows of {period}.", where="--period", todo="Use --period all to see all.")
    return chosen


def of_period_if_any(rows: pa.Table, period: str) -> pa.Table:
    """The rows of one month, or of every month ("all"), and none where a mart has nothing to say of it."""
    return rows if period == "all" else rows.filter(pc.equal(rows["billing_period"], pa.scalar(period)))


def known_mart(name: str) -> str:
    """The name, if a mart has it. Raises SettingsError that lists the marts."""
    if name not in MART_NAMES:
        raise SettingsError(f"There is no mart {name!r}.", where="MART", todo="Choose one of: " + ", ".join(MART_NAMES))
    return name


def form_for(form: ReportFormat | None, to: str | None) -> ReportFormat:
    """The form asked for; else the one that the file's name ends with; else csv for a file, a table for a terminal."""
    if to is None:
        return form or ReportFormat.TABLE
    ending = to.rpartition(".")[2].lower()
    of_name = ReportFormat(ending) if ending in set(ReportFormat) else ReportFormat.CSV
    chosen = form or of_name
    return ReportFormat.CSV if chosen is ReportFormat.TABLE else chosen


def write_file(content: bytes, to: str) -> None:
    """Write a report to a local path or an s3:// address, whole or not at all. Raises LakeError."""
    if to.startswith("s3://"):
        folder, _, name = to.rpartition("/")
        open_store(folder).write(name, content)
    else:
        write_whole(Path(to), content, "report")
