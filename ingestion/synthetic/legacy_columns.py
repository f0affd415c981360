"""The columns of a legacy CUR: those that every month has, and those that a month has only because a line uses them.

Product facts, tags, cost categories, discounts and net amounts are columns of their own here, not maps, and AWS writes
them only in months that use them: the columns of a legacy report drift from month to month. There are no account names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from ingestion.synthetic.accounts import RAW_KEYS
from ingestion.synthetic.columns import COLUMNS, Kind
from ingestion.synthetic.lines import LineKind

_NEW_IN_CUR2 = frozenset({"bill_payer_account_name", "line_item_usage_account_name", "line_item_user_identifier"})
# Group in column names -> the same in csv headers, in the order of AWS's files.
_GROUPS = {
    "identity": "identity",
    "bill": "bill",
    "line_item": "lineItem",
    "product": "product",
    "pricing": "pricing",
    "reservation": "reservation",
    "savings_plan": "savingsPlan",
    "discount": "discount",
    "split_line_item": "splitLineItem",
    "cost_category": "costCategory",
    "resource_tags": "resourceTags",
}
# Longest first: line_item is part of split_line_item's name, not the other way round.
_GROUP_OF = re.compile("^(" + "|".join(sorted(_GROUPS, key=len, reverse=True)) + ")_(.+)$")
_LOWER_IN_PRICING = frozenset({"currency", "public_on_demand_cost", "public_on_demand_rate", "term", "unit"})
_UPPER_IN_PRODUCT = frozenset({"product_name"})


@dataclass(frozen=True)
class LegacyColumn:
    """`name` is what Parquet and Athena call it, `header` what csv does."""

    name: str
    header: str
    kind: Kind


def flat_cells(of: LineKind) -> Mapping[str, str | Decimal]:
    """The cells of a kind under their legacy names: each map entry is a column."""
    flat: dict[str, str | Decimal] = {}
    for name, cell in of.cells.items():
        if name == "tags" or name in _NEW_IN_CUR2:
            continue
        if isinstance(cell, tuple):
            flat.update({f"{name}_{key}": value for key, value in cell})
        else:
            flat[name] = cell
    return flat


def legacy_columns(used: Iterable[str], numbers: Iterable[str]) -> tuple[LegacyColumn, ...]:
    """The columns of a month whose lines fill these cells. `numbers` are names of amounts that its lines carry."""
    known: dict[str, Kind] = {name: kind for name, kind in COLUMNS if _is_in_every_month(name, kind)}
    in_cur2 = dict(COLUMNS)
    for name in used:
        known.setdefault(name, in_cur2.get(name, "text"))
    known.update(dict.fromkeys((name for name in numbers if name not in known), "unknown_number"))
    order = list(_GROUPS)
    ranked = sorted(known, key=lambda name: (order.index(_split(name)[0]), name))
    return tuple(LegacyColumn(name, header(name), known[name]) for name in ranked)


def _is_in_every_month(name: str, kind: Kind) -> bool:
    if name in _NEW_IN_CUR2 or kind.startswith("map") or kind == "unknown_number":
        return False
    return _split(name)[0] not in ("product", "split_line_item") and not name.startswith("line_item_net_")


def _split(name: str) -> tuple[str, str]:
    match = _GROUP_OF.match(name)
    assert match, name
    return match[1], match[2]


def header(name: str) -> str:
    """The csv header of a column: line_item_unblended_cost is lineItem/UnblendedCost."""
    group, rest = _split(name)
    if group == "resource_tags":
        return f"{_GROUPS[group]}/{RAW_KEYS.get(rest, rest)}"
    if group == "cost_category":
        return f"{_GROUPS[group]}/{rest}"
    words = rest.replace("a_r_n", "ARN").split("_")
    camel = "".join(word if word == "ARN" else word.capitalize() for word in words)
    lower = (group == "product" and rest not in _UPPER_IN_PRODUCT) or (group == "pricing" and rest in _LOWER_IN_PRICING)
    return f"{_GROUPS[group]}/{camel[0].lower() + camel[1:] if lower else camel}"
