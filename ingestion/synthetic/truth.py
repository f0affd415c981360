"""What is true about the ledger, worked out from its events alone: no bill line and no mart is ever read for it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from ingestion.synthetic.accounts import COMPANY, Account, Payer
from ingestion.synthetic.commitment_truth import CommitmentSums, CommitmentTruth
from ingestion.synthetic.coverage_truth import CoverageSums, CoverageTruth, ServiceTruth
from ingestion.synthetic.discounts import NO_TERMS, DiscountSums, Terms, discount_key, net_share, taken_off
from ingestion.synthetic.events.model import (
    ZERO,
    ChargeKind,
    Event,
    Negation,
    PlanHour,
    ReservationMonth,
    Split,
    Use,
)
from ingestion.synthetic.periods import Period


class Worth(NamedTuple):
    """What one event means in each measure, in the currency of its payer."""

    billed: Decimal = ZERO
    amortized: Decimal = ZERO
    effective: Decimal = ZERO
    list: Decimal = ZERO
    unused_commitment: Decimal = ZERO


class Owner(NamedTuple):
    """To whom and what an event is charged."""

    account: Account
    service_name: str


def worth(event: Event, terms: Terms = NO_TERMS) -> Worth:
    """The economics of an event under what the payer has negotiated: amortized before it, billed and effective after.

    A use that a commitment covers costs no cash of its own: its share of the commitment is its amortized cost. What
    nobody used of a commitment is a cost of who bought it. A fee paid upfront is cash now and no cost of the day.
    """
    if isinstance(event, Use):
        share = event.upfront_share + event.commitment_share
        cash = event.cash - sum(taken_off(event, terms).values())
        net = event.commitment_share * net_share(event.cover, terms) if event.cover else ZERO
        # What has no public price is listed at what it cost.
        listed = event.list_cost or event.cash
        return Worth(cash, event.cash + share, cash + event.upfront_share + net, listed)
    if isinstance(event, Negation | Split):
        return Worth()
    if isinstance(event, PlanHour):
        idle = event.plan.commitment - event.used
        due = event.plan.recurring * (1 - terms.edp)
        return Worth(due, idle, idle * net_share(event.plan, terms), ZERO, idle)
    if isinstance(event, ReservationMonth):
        bought = event.reservation
        hours = bought.count * event.period.hours_in_month
        unused, net = hours - event.used_hours, bought.recurring_per_hour * (1 - terms.edp)
        idle = unused * (bought.upfront_per_hour + bought.recurring_per_hour)
        return Worth(hours * net, idle, unused * (bought.upfront_per_hour + net), ZERO, idle)
    if event.kind in (ChargeKind.UPFRONT, ChargeKind.PLAN_UPFRONT, ChargeKind.PLAN_REFUND):
        return Worth(event.amount)
    listed = event.amount if event.kind is ChargeKind.FEE else ZERO
    return Worth(event.amount, event.amount, event.amount, listed)


def owner(event: Event) -> Owner:
    """The account and the service that an event is charged to."""
    if isinstance(event, Use | Negation | Split):
        return Owner(event.meter.account, event.meter.service_name)
    if isinstance(event, PlanHour):
        return Owner(event.plan.account, event.plan.service_name)
    if isinstance(event, ReservationMonth):
        return Owner(event.reservation.account, event.reservation.service_name)
    return Owner(event.account, event.service_name)


@dataclass(frozen=True)
class PeriodTruth:
    """Totals of one payer's billing period, in `billing_currency`. `billed` is the invoice, after negotiated discounts,
    and so is `effective`; `amortized` is before them. Without negotiated discounts `effective` equals `amortized`.

    `discounts` is what each took off the invoice, `discounts_by_account` with whose lines: a shared plan's with its
    buyer's, while `effective_by_account` gives it to who used the plan, as net columns do. Where the bill shows them as
    lines, these are `discount_row_count` lines beside `row_count`, and what a mart calls amortized has them inside:
    there it equals `effective`.
    `used_by_commitment` and `unused_by_commitment` are what each lent and what was left of it, by its ARN,
    `commitments` all that is known of each, `coverage` the usage that one could pay for, `savings_by_service` what
    usage is worth and cost, and `cost_by_container` what split cost allocation gives to pods and tasks; all of them
    before negotiated discounts. `unused_commitment` of an open month counts the reservation's whole month, as AWS bills
    it. Spot, for which the bill names no public price, is listed at what it cost.
    """

    billing_period: str
    billing_account_id: str
    billing_currency: str
    through: date
    is_open: bool
    row_count: int
    billed: Decimal
    amortized: Decimal
    effective: Decimal
    list: Decimal
    unused_commitment: Decimal
    billed_by_service: Mapping[str, Decimal]
    billed_by_account: Mapping[str, Decimal]
    amortized_by_account: Mapping[str, Decimal]
    effective_by_account: Mapping[str, Decimal]
    used_by_commitment: Mapping[str, Decimal]
    unused_by_commitment: Mapping[str, Decimal]
    commitments: Mapping[str, CommitmentTruth]
    coverage: tuple[CoverageTruth, ...]
    savings_by_service: Mapping[str, ServiceTruth]
    cost_by_container: Mapping[str, Decimal]
    discounts: Mapping[str, Decimal]
    discounts_by_account: Mapping[str, Decimal]
    discount_row_count: int


@dataclass(frozen=True)
class PlantedIdle:
    """A resource that does nothing, or with the same fields a busy twin that the rule must not find.

    `since` is the billing period from whose first day it does nothing; blank if it never did anything.
    """

    resource_id: str
    rule_id: str
    account: str
    region: str
    since: str = ""


@dataclass(frozen=True)
class PlantedRightsizing:
    """A resource with a cheaper type. `monthly_savings` is USD for a whole month of 730 hours of its present use.

    `also_right` are other types on the same bill that a rule may propose instead, with their savings; with no
    `recommended` type the resource must not be found by the rule.
    """

    billing_periods: tuple[str, ...]
    resource_id: str
    rule_id: str
    account: str
    region: str
    current: str
    recommended: str | None
    monthly_savings: Decimal | None
    also_right: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True)
class PlantedOversized:
    """A resource that uses little of what it has. The bill does not show it; utilization would."""

    resource_id: str
    account: str
    region: str
    current: str
    mean_cpu_pct: Decimal


@dataclass(frozen=True)
class PlantedAnomaly:
    """Usage that costs far more or less from a UTC day on than anyone could expect.

    On `first_day` it must be found, with this cause and resource; through `last_day` it may be, and nothing else may.
    """

    account: str
    service_name: str
    usage_group: str
    first_day: date
    last_day: date
    direction: str
    cause: str
    resource_id: str


@dataclass(frozen=True)
class Truth:
    """Everything known about a ledger."""

    periods: tuple[PeriodTruth, ...]
    idle: tuple[PlantedIdle, ...]
    busy_twins: tuple[PlantedIdle, ...]
    rightsizing: tuple[PlantedRightsizing, ...]
    not_rightsizing: tuple[PlantedRightsizing, ...]
    oversized: tuple[PlantedOversized, ...]
    anomalies: tuple[PlantedAnomaly, ...] = ()

    def as_json(self) -> str:
        """The truth as a JSON document; amounts are text, so that no digit is lost."""
        return json.dumps(asdict(self), default=_plain, indent=2, sort_keys=True) + "\n"


def period_truth(
    period: Period, events: Iterable[Event], terms: Terms = NO_TERMS, payer: Payer = COMPANY
) -> PeriodTruth:
    """The totals of the events of a payer's month. Every event is one line of the bill."""
    count = 0
    totals = [ZERO] * len(Worth._fields)
    by_service: dict[str, Decimal] = defaultdict(Decimal)
    by_account: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO] * 3)
    discounts: dict[str, Decimal] = defaultdict(Decimal)
    by_discounted: dict[str, Decimal] = defaultdict(Decimal)
    discount_rows, parts_of, sums_of = 0, _Parts(), DiscountSums()
    for event in events:
        value, (account, service) = worth(event, terms), owner(event)
        parts_of.add(event, value)
        count += 1
        totals = [total + amount for total, amount in zip(totals, value, strict=True)]
        by_service[service] += value.billed
        sums = by_account[account.id]
        for at in range(3):
            sums[at] += value[at]
        taken = taken_off(event, terms)
        discount_rows += len(sums_of.add(event, taken))
        for name, amount in taken.items():
            discounts[name] += amount
            by_discounted[discount_key(event, name).account.id] += amount
    parts = [{account: sums[at] for account, sums in by_account.items()} for at in range(3)]
    return PeriodTruth(
        billing_period=period.name,
        billing_account_id=payer.account.id,
        billing_currency=payer.currency,
        through=period.through,
        is_open=period.is_open,
        row_count=count,
        **Worth(*totals)._asdict(),
        billed_by_service=dict(by_service),
        billed_by_account=parts[0],
        amortized_by_account=parts[1],
        effective_by_account=parts[2],
        used_by_commitment=dict(parts_of.used),
        unused_by_commitment=dict(parts_of.unused),
        commitments=parts_of.lent.told(),
        coverage=parts_of.covered.told(),
        savings_by_service=parts_of.covered.services(parts_of.lent.told()),
        cost_by_container=dict(parts_of.of_containers),
        discounts=dict(discounts),
        discounts_by_account=dict(by_discounted),
        discount_row_count=discount_rows + len(sums_of.rest()),
    )


class _Parts:
    """What each commitment lent, what nobody used of it, and what each container is given of its host."""

    def __init__(self) -> None:
        self.used: dict[str, Decimal] = defaultdict(Decimal)
        self.unused: dict[str, Decimal] = defaultdict(Decimal)
        self.of_containers: dict[str, Decimal] = defaultdict(Decimal)
        self.lent, self.covered = CommitmentSums(), CoverageSums()

    def add(self, event: Event, value: Worth) -> None:
        """Count an event, of which the worth is known."""
        self.lent.add(event)
        self.covered.add(event)
        if isinstance(event, Use):
            if event.cover is not None:
                self.used[event.cover.arn] += event.upfront_share + event.commitment_share
        elif isinstance(event, PlanHour):
            self.unused[event.plan.arn] += value.unused_commitment
        elif isinstance(event, ReservationMonth):
            self.unused[event.reservation.arn] += value.unused_commitment
        elif isinstance(event, Split):
            self.of_containers[event.meter.resource_id] += event.split_cost + event.unused_cost


def _plain(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)
