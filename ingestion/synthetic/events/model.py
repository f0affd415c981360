"""The economic events. Money is Decimal USD with at most ten decimals; spans are UTC."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import NamedTuple

from ingestion.synthetic.accounts import UNTAGGED, Account, Tags
from ingestion.synthetic.periods import Period, Span
from ingestion.synthetic.regions import Region

ZERO = Decimal(0)
ONE = Decimal(1)
EC2 = "Amazon Elastic Compute Cloud"
RDS = "Amazon Relational Database Service"
HOURS_OF_YEAR = 8760
_TEN_DECIMALS = Decimal("0.0000000001")


def ten_decimals(amount: Decimal) -> Decimal:
    """Rounded half up to the ten decimals that a bill line carries."""
    return amount.quantize(_TEN_DECIMALS, ROUND_HALF_UP)


def quantity(amount: float) -> Decimal:
    """A metered quantity with six decimals."""
    return Decimal(f"{amount:.6f}")


@dataclass(frozen=True, eq=False)
class Meter:
    """What is measured and at which price: all that stays the same from hour to hour.

    `price` is the public price per `unit`; `service_name` is the product name as the bill writes it. `attributes` go
    into the bill's product map, `columns` into its product columns. `zone` and `normalization` are for instances,
    `seller` is who sells it on the marketplace.
    """

    account: Account
    region: Region
    product_code: str
    service_name: str
    usage_type: str
    operation: str
    unit: str
    description: str
    price: Decimal
    resource_id: str = ""
    zone: str = ""
    family: str = ""
    tags: Tags = UNTAGGED
    normalization: Decimal = ZERO
    attributes: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    seller: str = ""


@dataclass(frozen=True, eq=False)
class Reservation:
    """A reservation, bought when the ledger starts. Fees are per reserved hour; `zone` is that of a zonal one."""

    arn: str
    account: Account
    region: Region
    instance_type: str
    count: int
    start: str
    end: str
    upfront_per_hour: Decimal
    recurring_per_hour: Decimal
    upfront_value: Decimal
    normalization: Decimal
    payment: str = "Partial Upfront"
    zone: str = ""
    years: int = 1
    is_convertible: bool = False
    product_code: str = "AmazonEC2"
    service_name: str = EC2
    operation: str = "RunInstances"
    platform: str = "Linux/UNIX (Amazon VPC)"

    @property
    def hours_of_term(self) -> int:
        """Hours for which each of them is reserved."""
        return self.years * HOURS_OF_YEAR

    @property
    def usage_type(self) -> str:
        """The usage type of its fees."""
        return f"{self.region.prefix}HeavyUsage:{self.instance_type}"


@dataclass(frozen=True, eq=False)
class SavingsPlan:
    """A one-year savings plan; `commitment` is money per hour, of which `upfront_per_hour` was paid in advance.

    `family` and `region` are those of an EC2 instance plan; a compute plan and a database plan have neither.
    """

    arn: str
    account: Account
    commitment: Decimal
    start: str
    end: str
    payment: str = "No Upfront"
    upfront_per_hour: Decimal = ZERO
    family: str = ""
    region: Region | None = None
    is_for_databases: bool = False

    @property
    def product_code(self) -> str:
        """What is sold: plans for EC2 instances are compute plans to the price list."""
        return "DatabaseSavingsPlans" if self.is_for_databases else "ComputeSavingsPlans"

    @property
    def service_name(self) -> str:
        """The product as the bill names it."""
        return f"Savings Plans for AWS {'Database' if self.is_for_databases else 'Compute'} usage"

    @property
    def recurring(self) -> Decimal:
        """What is invoiced for each hour."""
        return self.commitment - self.upfront_per_hour


class Paid(StrEnum):
    """How a use was paid for."""

    ON_DEMAND = "on demand"
    FREE = "free tier"
    SPOT = "spot"
    RESERVED = "reservation"
    PLANNED = "savings plan"


class Use(NamedTuple):
    """Something was used. `list_cost` is its public price; `cash` what was invoiced for this use alone.

    `upfront_share` and `commitment_share` are what a commitment lent to it: from the fee paid upfront, and from the
    recurring fee or hourly commitment. `plan_rate` is the price per unit under a savings plan.
    """

    meter: Meter
    span: Span
    quantity: Decimal
    list_cost: Decimal
    cash: Decimal
    paid: Paid
    cover: Reservation | SavingsPlan | None = None
    upfront_share: Decimal = ZERO
    commitment_share: Decimal = ZERO
    plan_rate: Decimal = ZERO


class Negation(NamedTuple):
    """The bill takes back the on-demand price of what a plan covered: per plan, account, price, zone and hour."""

    plan: SavingsPlan
    meter: Meter
    span: Span
    quantity: Decimal
    list_cost: Decimal


class PlanHour(NamedTuple):
    """An hour of a plan: its commitment is due whether used or not."""

    plan: SavingsPlan
    span: Span
    used: Decimal


class ReservationMonth(NamedTuple):
    """A month of a reservation: the recurring fee is due for all of its hours; `used_hours` are those to date.

    Both are hours of the reserved size: half an hour of a machine twice as large uses one.
    """

    reservation: Reservation
    period: Period
    used_hours: Decimal


class ChargeKind(StrEnum):
    """Charges that are no usage, by the line type on the bill."""

    UPFRONT = "reservation upfront"
    FEE = "Fee"
    TAX = "Tax"
    CREDIT = "Credit"
    REFUND = "Refund"
    PLAN_UPFRONT = "SavingsPlanUpfrontFee"
    PLAN_REFUND = "refund of a savings plan's upfront fee"
    EDP = "EdpDiscount"
    PRIVATE_RATE = "PrivateRateDiscount"
    BUNDLED = "BundledDiscount"


class Charge(NamedTuple):
    """An amount on the bill that is no usage. Credits and refunds are negative. `seller` is one of the marketplace."""

    kind: ChargeKind
    account: Account
    product_code: str
    service_name: str
    span: Span
    amount: Decimal
    description: str
    region: Region | None = None
    usage_type: str = ""
    reservation: Reservation | None = None
    plan: SavingsPlan | None = None
    seller: str = ""


class Split(NamedTuple):
    """A container's part of its host's hour: for allocation only, the host's own line is what is paid.

    `split_cost` is for what it used or reserved, `unused_cost` its part of what no container did; amortized. Both are
    at public prices, too. `cover` is what paid for the host in that hour.
    """

    meter: Meter
    span: Span
    quantity: Decimal
    parent: str
    actual: Decimal
    ratio: Decimal
    split_cost: Decimal
    unused_cost: Decimal
    public_split_cost: Decimal
    public_unused_cost: Decimal
    cover: Reservation | SavingsPlan | None = None


Event = Split | Use | Negation | PlanHour | ReservationMonth | Charge


def used(meter: Meter, span: Span, amount: Decimal, paid: Paid = Paid.ON_DEMAND) -> Use:
    """A use that no commitment covers, at its public price or free."""
    cost = ten_decimals(amount * meter.price)
    return Use(meter, span, amount, cost, ZERO if paid is Paid.FREE else cost, paid)
