"""One number, taken apart: its formula, the kinds of line it takes, and the lines of the bill behind it."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from dbt_project.waist import Waist, open_waist
from lake.errors import LakeError, SettingsError
from lake.marts import read_mart
from lake.store import Store
from lake.workspace import Workspace

LINE_ITEM_TYPES = Path(__file__).parent / "seeds" / "line_item_types.csv"


@dataclass(frozen=True)
class Metric:
    """A measure: its name in the waist and in the marts, and which column of the seed decides what it is made of."""

    name: str
    column: str
    mart_column: str
    basis: str


METRICS = {
    metric.name: metric
    for metric in (
        Metric("billed", "billed_cost", "billed_cost", ""),
        Metric("list", "list_cost", "list_cost", "list_basis"),
        Metric("contracted", "contracted_cost", "contracted_cost", "contracted_basis"),
        Metric("amortized", "x_amortized_cost", "amortized_cost", "amortized_basis"),
        Metric("effective", "effective_cost", "effective_cost", "amortized_basis"),
        Metric("unused-commitment", "x_unused_commitment_cost", "unused_commitment_cost", "amortized_basis"),
    )
}


@dataclass(frozen=True)
class Filters:
    """Which part of the bill; None is all of it. `day` is in UTC, `period` YYYY-MM; `service` in any case."""

    period: str | None = None
    day: date | None = None
    account: str | None = None
    service: str | None = None
    region: str | None = None
    resource: str | None = None

    def asked(self) -> dict[str, str]:
        """The filters that are set, by their option's name."""
        return {name: str(value) for name, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class Kind:
    """What one kind of line adds to the number, in one currency. Its formula names columns of the bill."""

    charge_kind: str
    currency: str
    formula: str
    charge_count: int
    amount: Decimal


@dataclass(frozen=True)
class Line:
    """One line of the bill: the file of the bill it stands in, what it says, and what it adds. Start is UTC."""

    source_file: str
    delivery_id: str
    charge_period_start: datetime
    sub_account_id: str
    line_item_type: str
    service_name: str
    usage_type: str | None
    resource_id: str | None
    description: str | None
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class InMart:
    """The same number as a published mart tells it."""

    mart: str
    currency: str
    amount: Decimal


@dataclass(frozen=True)
class Explanation:
    """A number per currency, what it is made of, and what the published marts say for the same filters."""

    metric: Metric
    filters: Filters
    totals: dict[str, Decimal]
    kinds: tuple[Kind, ...]
    lines: tuple[Line, ...]
    line_count: int
    in_marts: tuple[InMart, ...]

    @property
    def differing(self) -> tuple[InMart, ...]:
        """The marts that tell another number."""
        return tuple(one for one in self.in_marts if one.amount != self.totals.get(one.currency, Decimal(0)))


def explain(ws: Workspace, metric: Metric, filters: Filters, rows: int) -> Explanation:
    """Take the number apart, with the `rows` lines of the largest amounts, whatever their sign. Writes nothing.

    Raises LakeError when nothing is built or published, SettingsError when no line of the bill matches, or when Athena
    is to explain more than one month.
    """
    with open_waist(ws, filters.period) as waist:
        where, values = _where(filters, _WAIST_FILTERS)
        kinds = _kinds(waist, metric, where, values)
        if not kinds:
            raise _no_line(waist, filters)
        lines = _lines(waist, metric, where, [*values, rows])
    totals: dict[str, Decimal] = {}
    for kind in kinds:
        totals[kind.currency] = totals.get(kind.currency, Decimal(0)) + kind.amount
    count = sum(kind.charge_count for kind in kinds)
    return Explanation(metric, filters, totals, kinds, lines, count, _in_marts(ws.store, metric, filters, totals))


_WAIST_FILTERS = {
    "period": "billing_period = ?",
    "day": "cast(charge_period_start as date) = cast(? as date)",
    "account": "sub_account_id = ?",
    "service": "lower(service_name) = lower(?)",
    "region": "region_id = ?",
    "resource": "resource_id = ?",
}
_MART_FILTERS = {
    "daily_costs": {name: sql for name, sql in _WAIST_FILTERS.items() if name != "resource"}
    | {"day": "charged_on = cast(? as date)"},
    "monthly_costs": {name: _WAIST_FILTERS[name] for name in ("period", "account", "service")},
}


def _where(filters: Filters, known: dict[str, str]) -> tuple[str, list[object]]:
    asked = filters.asked()
    return " and ".join(["true", *(known[name] for name in asked)]), list(asked.values())


def _kinds(waist: Waist, metric: Metric, where: str, values: Sequence[object]) -> tuple[Kind, ...]:
    bases = _bases(metric)
    found = waist.ask(
        f"select x_charge_kind, billing_currency, count(*), sum({metric.column})",
        where,
        values,
        f"group by 1, 2 order by abs(sum({metric.column})) desc, 1, 2",
    )
    return tuple(
        Kind(kind, currency, formula(metric, bases.get(kind)), count, amount) for kind, currency, count, amount in found
    )


def _bases(metric: Metric) -> dict[str, str]:
    with LINE_ITEM_TYPES.open(newline="") as file:
        return {row["charge_kind"]: basis_of(metric, row) for row in csv.DictReader(file)}


def basis_of(metric: Metric, kind: Mapping[str, str]) -> str:
    """What a row of the seed says a metric is made of."""
    if metric.basis:
        return kind[metric.basis]
    return "told" if kind["amortized_basis"].startswith("told") else "billed"


_NET = "its net form where net columns are filled, else "
_FORMULAS = {
    "billed": "line_item_unblended_cost",
    "invoiced": "line_item_net_unblended_cost where discounts have no line of their own, else line_item_unblended_cost",
    "public": "pricing_public_on_demand_cost, else line_item_unblended_cost",
    "net_billed": "line_item_net_unblended_cost where net columns are filled, else line_item_unblended_cost",
    "reservation": "reservation_effective_cost",
    "savings_plan": "savings_plan_savings_plan_effective_cost",
    "unused_savings_plan": "savings_plan_total_commitment_to_date - savings_plan_used_commitment",
    "unused_reservation": "reservation_unused_amortized_upfront_fee_for_billing_period "
    "+ reservation_unused_recurring_fee",
    "discount": "line_item_unblended_cost",
    "none": "0",
}
# FOCUS tells each measure in a column of its own.
_TOLD = {
    "billed": "BilledCost",
    "list": "ListCost, else BilledCost",
    "contracted": "ContractedCost, else BilledCost",
    "amortized": "EffectiveCost less what x_Discounts took off",
    "effective": "EffectiveCost",
}


def formula(metric: Metric, basis: str | None) -> str:
    """How a metric comes from the columns of the bill for a basis of the seed; None is a kind that the seed lacks."""
    if basis is None:
        kept = metric.name in ("billed", "amortized", "effective")
        return formula(metric, "billed" if kept else "none") + " (a kind of line we do not know)"
    if basis.startswith("told"):
        unused = "amortized" if basis == "told_unused" else ""
        return _TOLD.get({"unused-commitment": unused}.get(metric.name, metric.name), "0")
    if metric.name != "effective":
        unused = basis if basis.startswith("unused_") else "none"
        return _FORMULAS[{"billed": "invoiced", "unused-commitment": unused}.get(metric.name, basis)]
    if basis == "billed":
        return _FORMULAS["net_billed"]
    if basis == "discount":
        return "0 where net columns are filled, else line_item_unblended_cost"
    has_net_form = basis in ("reservation", "savings_plan", "unused_reservation", "unused_savings_plan")
    return (_NET if has_net_form else "") + _FORMULAS[basis]


def _lines(waist: Waist, metric: Metric, where: str, values: Sequence[object]) -> tuple[Line, ...]:
    found = waist.ask(
        "select x_source_file, x_delivery_id, charge_period_start, sub_account_id, x_line_item_type, service_name, "
        f"x_usage_type, resource_id, charge_description, billing_currency, {metric.column}",
        where,
        values,
        f"order by abs({metric.column}) desc, charge_period_start, x_source_file, sub_account_id, x_line_item_type, "
        f"x_usage_type, resource_id, charge_description, {metric.column} limit ?",
    )
    return tuple(Line(*row) for row in found)


def _no_line(waist: Waist, filters: Filters) -> SettingsError:
    """The filter that matches nothing even alone, with what it could be, or all of them together."""
    columns = {
        "period": "billing_period",
        "account": "sub_account_id",
        "service": "service_name",
        "region": "region_id",
    }
    for name, value in filters.asked().items():
        if waist.ask("select 1", _WAIST_FILTERS[name], [value], "limit 1"):
            continue
        todo = "Look for it in your bill."
        if name in columns:
            known = waist.ask(f"select distinct {columns[name]}", "true", (), "order by 1")
            todo = f"Choose one of: {', '.join(str(row[0]) for row in known)}."
        return SettingsError(f"No line of the bill is of {name} {value}.", where=f"--{name}", todo=todo)
    together = " ".join(f"--{name} {value}" for name, value in filters.asked().items())
    return SettingsError("No line of the bill is all of that at once.", where=together, todo="Leave one of them out.")


def _in_marts(store: Store, metric: Metric, filters: Filters, totals: dict[str, Decimal]) -> tuple[InMart, ...]:
    """What the marts say that can answer the same question: none of them tells the cost of one resource."""
    import duckdb

    found = []
    for mart, known in _MART_FILTERS.items():
        if set(filters.asked()) <= set(known):
            published = read_mart(store, mart)
            if published is None:
                raise LakeError(f"The mart {mart} is not published.", where=store.uri, todo="Run `finops build` first.")
            where, values = _where(filters, known)
            with duckdb.connect() as engine:
                engine.register("mart", published.rows)
                sql = (
                    f"select billing_currency, sum({metric.mart_column}) from mart where {where} group by 1 order by 1"  # noqa: S608
                )
                told = dict(engine.execute(sql, values).fetchall())
            found += [InMart(mart, currency, told.get(currency, Decimal(0))) for currency in sorted({*told, *totals})]
    return tuple(found)
