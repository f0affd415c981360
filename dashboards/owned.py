"""Whose the costs are, how well tags say it, and what a unit costs: facts of the page. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa

from dashboards.figures import MONTHS_SHOWN, ZERO
from dashboards.scope import Headline, of_headline

Row = Mapping[str, Any]

NOBODY = {
    "Untagged": "Nobody: could carry a tag",
    "Untaggable": "Nobody: can carry no tag",
    "Unsplit": "Nobody: shared, not split",
}


@dataclass(frozen=True)
class Line:
    """A part of what a team costs: a service in an account, or its part of a shared pool."""

    what: str
    account: str
    environment: str
    how: str
    cost: Decimal


@dataclass(frozen=True)
class Team:
    """What a team costs in the headline's month, in effective cost, and in the months before it.

    `name` is None for what is nobody's. `months` has an entry for each month shown, direct and shared cost.
    """

    slug: str
    title: str
    name: str | None
    direct: Decimal
    shared: Decimal
    months: tuple[tuple[str, Decimal, Decimal], ...]
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        """Direct and shared cost; of what is nobody's, all of it stands as direct."""
        return self.direct + self.shared


@dataclass(frozen=True)
class Tagged:
    """How much of what could carry a tag does, in effective cost of the headline's month."""

    key: str
    taggable: Decimal
    tagged: Decimal
    variants: tuple[str, ...]

    @property
    def pct(self) -> Decimal | None:
        """Tagged in percent of taggable; None where nothing could carry it."""
        return 100 * self.tagged / self.taggable if self.taggable > 0 else None


@dataclass(frozen=True)
class Unit:
    """Cost of a unit of one driver by month, None where its quantity is not known. `what` names the driver in full."""

    what: str
    months: tuple[tuple[str, Decimal, Decimal | None, Decimal | None], ...]


def teams(mart: pa.Table, shown: Headline) -> tuple[Team, ...]:
    """Teams of the headline's month, the dearest first, and then what is nobody's, by its reason."""
    by_team: dict[tuple[str | None, str], list[dict[str, Any]]] = defaultdict(list)
    rows = [row for row in of_headline(mart, shown).to_pylist() if row["billing_period"] <= shown.period]
    for row in rows:
        by_team[row["team"], "" if row["team"] is not None else row["allocation"]].append(row)
    periods = sorted({row["billing_period"] for row in rows})[-MONTHS_SHOWN:]
    slugs = _slugs(sorted(name for name, _ in by_team if name is not None))
    found = [_team(key, own, periods, shown.period, slugs) for key, own in by_team.items()]
    now = [team for team in found if team.lines]
    return tuple(sorted(now, key=lambda team: (team.name is None, -team.total, team.title)))


def _team(
    key: tuple[str | None, str], rows: list[dict[str, Any]], periods: Sequence[str], period: str, slugs: dict[str, str]
) -> Team:
    name, allocation = key
    by_month: dict[str, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    lines: dict[tuple[str, str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        by_month[row["billing_period"]][0] += row["direct_cost"] + row["unallocated_cost"]
        by_month[row["billing_period"]][1] += row["shared_cost"]
        if row["billing_period"] == period:
            lines[_what(row)] += row["effective_cost"]
    told = [Line(*what, cost) for what, cost in lines.items() if cost]
    return Team(
        slug=slugs[name] if name is not None else "",
        title=name if name is not None else NOBODY[allocation],
        name=name,
        direct=by_month[period][0],
        shared=by_month[period][1],
        months=tuple((month, by_month[month][0], by_month[month][1]) for month in periods),
        lines=tuple(sorted(told, key=lambda line: (-line.cost, line.what, line.account, line.environment))),
    )


def _what(row: Row) -> tuple[str, str, str, str]:
    if row["shared_pool"] is not None:
        return f"Part of {row['shared_pool'].replace('_', ' ')}", "", "", f"shared, {row['allocated_method']}"
    account = row["sub_account_name"] or row["sub_account_id"]
    return row["service_name"], account, row["environment"] or "", row["allocation"].lower()


def _slugs(names: Iterable[str]) -> dict[str, str]:
    """A word for each name that may stand in an address; a second name with the same word gets a number."""
    taken: dict[str, str] = {}
    for name in names:
        word = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "team"
        number, slug = 1, word
        while slug in taken.values():
            number += 1
            slug = f"{word}-{number}"
        taken[name] = slug
    return taken


def tags(mart: pa.Table, shown: Headline) -> tuple[Tagged, ...]:
    """Every tag key that rules look at, the one that covers most first."""
    rows = [row for row in of_headline(mart, shown).to_pylist() if row["billing_period"] == shown.period]
    found = []
    for key in sorted({row["tag_key"] for row in rows}):
        own = [row for row in rows if row["tag_key"] == key]
        variants = sorted({row["variant_tag_key"] for row in own if row["variant_tag_key"]})
        taggable, tagged = (sum((row[column] for row in own), ZERO) for column in ("taggable_cost", "tagged_cost"))
        found.append(Tagged(key, taggable, tagged, tuple(variants)))
    return tuple(sorted(found, key=lambda one: (-(one.pct or ZERO), one.key)))


def units(mart: pa.Table, shown: Headline) -> tuple[Unit, ...]:
    """Every driver with its months, payers added up: the quantity is the same for each of them."""
    cells: dict[str, dict[str, list[Any]]] = defaultdict(dict)
    for row in of_headline(mart, shown).to_pylist():
        if row["billing_period"] <= shown.period:
            what = ", ".join(filter(None, (row["driver_name"], row["team"], row["service_name"])))
            cell = cells[what].setdefault(row["billing_period"], [ZERO, row["quantity"]])
            cell[0] += row["effective_cost"]
    return tuple(
        Unit(what, tuple((month, cost, many, _unit_cost(cost, many)) for month, (cost, many) in _newest(by_month)))
        for what, by_month in sorted(cells.items())
    )


def _newest(by_month: Mapping[str, list[Any]]) -> list[tuple[str, list[Any]]]:
    return sorted(by_month.items())[-MONTHS_SHOWN:]


def _unit_cost(cost: Decimal, quantity: Decimal | None) -> Decimal | None:
    return cost / quantity if quantity else None
