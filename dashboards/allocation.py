"""Whose the costs of a month are: the showback statement, of all teams or of one, for a terminal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from lake.errors import SettingsError
from lake.output import Cell, Output

# The mart whose rows the report is in every other form than a table, and the one that tells how well tags cover.
COSTS, COVERAGE = "team_costs", "tag_coverage"

_AMOUNTS = ("direct_cost", "shared_cost", "unallocated_cost", "effective_cost")
_NOBODY = {
    "Untagged": "nobody: could carry a tag",
    "Untaggable": "nobody: can carry no tag",
    "Unsplit": "nobody: shared, not split",
}
_TAG = "team"

Row = Mapping[str, Any]
Sums = dict[Any, list[Decimal]]


def of_team(rows: pa.Table, team: str | None) -> pa.Table:
    """The rows of one team, or all of them. Raises SettingsError that lists the teams."""
    if team is None:
        return rows
    chosen = rows.filter(pc.equal(rows["team"], pa.scalar(team)))
    if not chosen.num_rows:
        teams = sorted({name for name in rows["team"].to_pylist() if name is not None})
        todo = f"Choose one of: {', '.join(teams)}." if teams else "See docs/allocation.md for how costs find a team."
        raise SettingsError(f"Nothing in this month is of a team {team!r}.", where="--team", todo=todo)
    return chosen


def show_allocation(out: Output, costs: pa.Table, coverage: pa.Table, team: str | None) -> None:
    """Print the statement of the months that were asked for, each currency by itself."""
    rows: list[dict[str, Any]] = costs.to_pylist()
    for currency in sorted({row["billing_currency"] for row in rows}):
        own = [row for row in rows if row["billing_currency"] == currency]
        months = sorted({row["billing_period"] for row in own})
        when = months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"
        if team is None:
            _show_teams(out, own, f"Whose the costs of {when} are ({currency})")
        else:
            _show_team(out, own, f"What {team} costs in {when} ({currency})")
    if team is None:
        _say_coverage(out, coverage.to_pylist())


def _show_teams(out: Output, rows: Sequence[Row], title: str) -> None:
    sums = _summed(rows, lambda row: (row["team"] is None, row["team"] or _NOBODY[row["allocation"]]))
    total = _total(sums)
    lines = sorted(sums.items(), key=lambda of: (of[0][0], -of[1][-1], of[0][1]))
    cells = [[name, *_amounts(amounts), _share(amounts[-1], total[-1])] for (_, name), amounts in lines]
    cells.append(["All costs", *_amounts(total), _share(total[-1], total[-1])])
    out.table(title, ["Team", "Direct", "Shared", "Nobody's", "Effective cost", "Share"], cells)


def _show_team(out: Output, rows: Sequence[Row], title: str) -> None:
    sums = _summed(rows, _what)
    lines = sorted(sums.items(), key=lambda of: (-of[1][-1], of[0]))
    cells: list[list[Cell]] = [[*what, f"{amounts[-1]:z,.2f}"] for what, amounts in lines]
    cells.append(["All of it", "", "", "", f"{_total(sums)[-1]:z,.2f}"])
    out.table(title, ["Service", "Account", "Environment", "How", "Effective cost"], cells)


def _what(row: Row) -> tuple[str, str, str, str]:
    if row["shared_pool"] is not None:
        return f"Part of {row['shared_pool'].replace('_', ' ')}", "", "", str(row["allocated_method"])
    return row["service_name"], row["sub_account_name"], row["environment"] or "", "direct"


def _say_coverage(out: Output, rows: Sequence[Row]) -> None:
    """How much of what could carry the tag of teams does, where rules look at that tag."""
    own = [row for row in rows if row["tag_key"] == _TAG]
    for currency in sorted({row["billing_currency"] for row in own}):
        told = [row for row in own if row["billing_currency"] == currency]
        taggable, tagged = (_sum(row[name] for row in told) for name in ("taggable_cost", "tagged_cost"))
        if share := _share(tagged, taggable):
            out.say(f"The tag {_TAG} is on {share} of the {taggable:z,.2f} {currency} that could carry it.")
    for key in sorted({row["variant_tag_key"] for row in own if row["variant_tag_key"]}):
        out.say(f"Some carry {key} instead, which is another tag to AWS.")


def _summed(rows: Iterable[Row], key: Callable[[Row], Any]) -> Sums:
    sums: Sums = defaultdict(lambda: [Decimal(0)] * len(_AMOUNTS))
    for row in rows:
        sums[key(row)] = [total + row[name] for total, name in zip(sums[key(row)], _AMOUNTS, strict=True)]
    return sums


def _total(sums: Sums) -> list[Decimal]:
    return [_sum(column) for column in zip(*sums.values(), strict=True)] or [Decimal(0)] * len(_AMOUNTS)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))


def _amounts(amounts: Iterable[Decimal]) -> list[Cell]:
    return [f"{amount:z,.2f}" for amount in amounts]


def _share(part: Decimal, whole: Decimal) -> Cell:
    return f"{100 * part / whole:z.1f}%" if whole else None
