"""Rows of the mart `rightsizing_recommendations` as findings of this action. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from lambdas.runtime import rows as mart_rows
from lambdas.runtime.model import Finding

ACTION = "rightsizing"
MART = "rightsizing_recommendations"
INSTANCE, VOLUME = "instance", "volume"
# What is proposed of one instance more than once is done once, the first of these; an architecture is never changed.
KINDS = {
    "instance_too_large": INSTANCE,
    "previous_generation": INSTANCE,
    "gp2_to_gp3": VOLUME,
}
COLUMNS = (
    "recommendation_id",
    "is_latest_period",
    "sub_account_id",
    "region_id",
    "resource_id",
    "rule_id",
    "recommended_type",
    "is_covered_by_commitment",
    "confidence",
    "blockers",
    "billing_currency",
    "monthly_cost",
    "monthly_savings_cost",
)
_IDS = {INSTANCE: r"i-[0-9a-f]{8,17}", VOLUME: r"vol-[0-9a-f]{8,17}"}


def candidates(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What the mart proposes now, the most telling proposal of each resource; `rule_id` ends with the type proposed."""
    order = list(KINDS)
    meant = [row for row in rows if row["is_latest_period"] and _is_meant(row)]
    told = [(order.index(row["rule_id"]), _finding(row)) for row in meant]
    found: dict[tuple[str, str, str], Finding] = {}
    # One that can be acted on goes before one that cannot.
    for _, finding in sorted(told, key=lambda pair: (bool(pair[1].problem), pair[0], pair[1].plan_key)):
        found.setdefault((finding.account, finding.region, finding.resource_id), finding)
    return list(found.values())


def target(finding: Finding) -> str:
    """The type that is proposed."""
    return finding.rule_id.partition(" ")[2]


def _is_meant(row: Mapping[str, Any]) -> bool:
    # The same rule finds databases of an older generation, which this action leaves to their owners.
    kind = KINDS.get(str(row["rule_id"]))
    return kind is not None and re.search(_IDS[kind] + "$", str(row["resource_id"] or "")) is not None


def _finding(row: Mapping[str, Any]) -> Finding:
    found = mart_rows.finding(row, KINDS[row["rule_id"]], key="recommendation_id")
    found = replace(found, rule_id=f"{row['rule_id']} {row['recommended_type'] or ''}".strip())
    saved = mart_rows.amount(row["monthly_savings_cost"])
    return replace(found, monthly_savings_cost=saved, problem=found.problem or next(_problems(row, saved), ""))


def _problems(row: Mapping[str, Any], saved: Decimal | None) -> Iterator[str]:
    if not row["recommended_type"]:
        yield "no type is proposed"
    if saved is None or saved <= 0:
        yield "what it would save is not known, or nothing"
    if row["is_covered_by_commitment"]:
        yield "a commitment pays for it, so nothing is saved until that is free"
    if row["blockers"]:
        yield f"the mart says what stands against it: {row['blockers']}"
    if row["confidence"] not in ("high", "medium"):
        yield "the mart is not sure: something that decides was not measured"
