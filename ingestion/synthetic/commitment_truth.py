"""What is true about each commitment of a payer's month, added up from the ledger's events alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.events.model import ZERO, Event, PlanHour, Reservation, ReservationMonth, SavingsPlan, Use


@dataclass(frozen=True)
class CommitmentTruth:
    """A commitment in a month. Amounts are in the payer's currency, before negotiated discounts; hours are numbers.

    `unused` of an open month counts a reservation's whole month, as AWS bills it; `unused_to_date` ends with the last
    day of usage. `covered_list` is the public price of what it covered. A plan has hours, but counts none as used.
    """

    owner: str
    start: str
    end: str
    payment: str
    term: str
    cost: Decimal
    used: Decimal
    unused: Decimal
    unused_to_date: Decimal
    covered_list: Decimal
    committed_hours: Decimal
    used_hours: Decimal | None
    used_normalized_hours: Decimal | None


class CommitmentSums:
    """Adds up the events of a month, by commitment."""

    def __init__(self) -> None:
        self._terms: dict[str, Reservation | SavingsPlan] = {}
        self._sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))

    def add(self, event: Event) -> None:
        """Count an event; most are of no commitment."""
        if isinstance(event, Use) and event.cover is not None:
            self._cover(event, event.cover)
        elif isinstance(event, PlanHour):
            self._plan(event)
        elif isinstance(event, ReservationMonth):
            self._reservation(event)

    def _of(self, bought: Reservation | SavingsPlan) -> dict[str, Decimal]:
        self._terms[bought.arn] = bought
        return self._sums[bought.arn]

    def _cover(self, use: Use, cover: Reservation | SavingsPlan) -> None:
        sums = self._of(cover)
        sums["used"] += use.upfront_share + use.commitment_share
        sums["covered_list"] += use.list_cost
        if isinstance(cover, Reservation):
            normalized = use.quantity * use.meter.normalization
            sums["used_normalized_hours"] += normalized
            sums["used_hours"] += normalized / cover.normalization

    def _plan(self, hour: PlanHour) -> None:
        sums = self._of(hour.plan)
        sums["cost"] += hour.plan.commitment
        sums["committed_hours"] += 1
        for name in ("unused", "unused_to_date"):
            sums[name] += hour.plan.commitment - hour.used

    def _reservation(self, month: ReservationMonth) -> None:
        bought, sums = month.reservation, self._of(month.reservation)
        hourly = bought.upfront_per_hour + bought.recurring_per_hour
        whole, so_far = (bought.count * hours for hours in (month.period.hours_in_month, 24 * month.period.through.day))
        sums["committed_hours"] += whole
        sums["cost"] += whole * hourly
        sums["unused"] += (whole - month.used_hours) * hourly
        sums["unused_to_date"] += (so_far - month.used_hours) * hourly

    def told(self) -> dict[str, CommitmentTruth]:
        """The commitments of the month, by ARN."""
        return {arn: self._told(bought, self._sums[arn]) for arn, bought in self._terms.items()}

    @staticmethod
    def _told(bought: Reservation | SavingsPlan, sums: dict[str, Decimal]) -> CommitmentTruth:
        is_reservation = isinstance(bought, Reservation)
        return CommitmentTruth(
            owner=bought.account.id,
            start=bought.start,
            end=bought.end,
            payment=bought.payment,
            term=f"{bought.years}yr" if isinstance(bought, Reservation) else "1yr",
            cost=sums.get("cost", ZERO),
            used=sums.get("used", ZERO),
            unused=sums.get("unused", ZERO),
            unused_to_date=sums.get("unused_to_date", ZERO),
            covered_list=sums.get("covered_list", ZERO),
            committed_hours=sums.get("committed_hours", ZERO),
            used_hours=sums.get("used_hours", ZERO) if is_reservation else None,
            used_normalized_hours=sums.get("used_normalized_hours", ZERO) if is_reservation else None,
        )
