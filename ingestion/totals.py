"""What the lines of a bill come to, by payer, currency and invoice: taken from its files and from what was landed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Context, Decimal
from typing import Any, NamedTuple

from ingestion.sources.roles import Roles

# Costs have ten decimals and up to 28 digits before them.
EXACT = Context(prec=60)

# What a total is of, and its seven numbers.
_KEYS = 3
WIDTH = _KEYS + 7


class Key(NamedTuple):
    """Whose lines a total adds up; `invoice` is blank for lines that are on none yet."""

    payer: str
    currency: str
    invoice: str


class Total(NamedTuple):
    """What some lines of a bill come to.

    `invoiced` are lines with an invoice id, `uninvoiced` those without one that cost something. `net_cost` takes the
    net amount of each line where it has one; `net` counts lines with a net amount, `discounts` discount lines.
    """

    lines: int = 0
    cost: Decimal = Decimal(0)
    invoiced: int = 0
    uninvoiced: int = 0
    net_cost: Decimal = Decimal(0)
    net: int = 0
    discounts: int = 0

    @property
    def is_net(self) -> bool:
        """Whether the net amounts of a payer's lines are what is invoiced.

        AWS tells negotiated discounts as lines of their own, or in net columns alone.
        """
        return bool(self.net and not self.discounts)

    @property
    def billed_cost(self) -> Decimal:
        """What is invoiced, of all lines of a payer."""
        return self.net_cost if self.is_net else self.cost

    def plus(self, other: Total) -> Total:
        """Both together, without rounding."""
        return Total(
            lines=self.lines + other.lines,
            cost=EXACT.add(self.cost, other.cost),
            invoiced=self.invoiced + other.invoiced,
            uninvoiced=self.uninvoiced + other.uninvoiced,
            net_cost=EXACT.add(self.net_cost, other.net_cost),
            net=self.net + other.net,
            discounts=self.discounts + other.discounts,
        )


Totals = dict[Key, Total]


def select_totals(roles: Roles, table: str, counts: str = "") -> str:
    """The SQL of a table's totals, one row per Key, to `add`. `counts` are more columns, each after a comma."""
    invoice = f"coalesce({roles.invoice}, '')"
    # A line that costs nothing need not be on an invoice.
    numbers = (
        f"count(*), sum({roles.cost}), count_if({invoice} <> ''), count_if({invoice} = '' and {roles.cost} <> 0), "
    )
    if roles.net_cost:
        numbers += f"sum(coalesce({roles.net_cost}, {roles.cost})), count(nullif({roles.net_cost}, 0)), "
    else:
        numbers += f"sum({roles.cost}), 0, "
    numbers += f"count_if({roles.is_discount})"
    return f"select {roles.payer}, {roles.currency}, {invoice}, {numbers}{counts} from {table} group by 1, 2, 3"  # noqa: S608


def add(totals: Totals, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows of `select_totals` to totals, without rounding."""
    for row in rows:
        key = Key(*row[:_KEYS])
        lines, cost, invoiced, uninvoiced, net_cost, net, discounts = row[_KEYS:WIDTH]
        # A sum of nothing but nulls is null.
        total = Total(lines, cost or Decimal(0), invoiced, uninvoiced, net_cost or Decimal(0), net, discounts)
        totals[key] = totals.get(key, Total()).plus(total)


def by_payer(totals: Totals) -> dict[tuple[str, str], Total]:
    """The totals of each payer and currency, whatever the invoice."""
    payers: dict[tuple[str, str], Total] = {}
    for key, total in totals.items():
        pair = (key.payer, key.currency)
        payers[pair] = payers.get(pair, Total()).plus(total)
    return payers
