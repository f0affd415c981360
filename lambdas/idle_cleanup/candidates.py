"""Rows of the mart `idle_resources` as findings of this action. Pure.

A row that cannot be acted on for what it says itself is kept with its problem, so that it is reported and not silently
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdas.idle_cleanup.decide import ADDRESS, VOLUME
from lambdas.runtime import rows as mart_rows
from lambdas.runtime.model import Finding

ACTION = "idle_cleanup"
MART = "idle_resources"
KINDS = {
    "ebs_volume": VOLUME,
    "volume_unattached": VOLUME,
    "public_ipv4_address": ADDRESS,
    "elastic_ip_address": ADDRESS,
    "address_unassociated": ADDRESS,
}
COLUMNS = (
    "finding_id",
    "is_latest_period",
    "sub_account_id",
    "region_id",
    "resource_id",
    "rule_id",
    "billing_currency",
    "monthly_cost",
    "is_actionable",
    "action",
)

_IDS = {
    VOLUME: (re.compile(r"vol-[0-9a-f]{8,17}"), "an EBS volume"),
    ADDRESS: (re.compile(r"eipalloc-[0-9a-f]{8,17}|\d{1,3}(?:\.\d{1,3}){3}"), "an Elastic IP"),
}


def candidates(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What the mart proposes now: rows of the newest period meant for this action, one finding per resource."""
    meant = [row for row in rows if row["is_latest_period"] and row["action"] == ACTION]
    return mart_rows.each_once(_finding(row) for row in meant)


def _finding(row: Mapping[str, Any]) -> Finding:
    found = mart_rows.finding(row, KINDS.get(row["rule_id"], ""))
    return replace(found, problem=_problem(found, is_billed=bool(row["is_actionable"])) or found.problem)


def _problem(finding: Finding, *, is_billed: bool) -> str:
    if not finding.kind:
        return f"this action knows no rule {finding.rule_id!r}"
    if not is_billed:
        return "not billed on the newest day, or the mart says what stands against it"
    pattern, name = _IDS[finding.kind]
    return "" if pattern.fullmatch(finding.resource_id) else f"the bill's name for it is not that of {name}"
