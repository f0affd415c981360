"""Rows of the mart `idle_resources` as findings of this action. Pure.

A row that cannot be acted on for what it says itself is kept with its problem, so that it is reported and not silently
dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdas.idle_cleanup.decide import ADDRESS, HELD, VOLUME
from lambdas.idle_cleanup.others import BALANCER, DATABASE, GATEWAY
from lambdas.runtime import rows as mart_rows
from lambdas.runtime.model import Finding

ACTION = "idle_cleanup"
MART = "idle_resources"
KINDS = {
    "ebs_volume": VOLUME,
    "volume_unattached": VOLUME,
    "volume_of_stopped_instance": HELD,
    "public_ipv4_address": ADDRESS,
    "elastic_ip_address": ADDRESS,
    "address_unassociated": ADDRESS,
    "nat_gateway": GATEWAY,
    "nat_gateway_unrouted": GATEWAY,
    "nat_gateway_idle": GATEWAY,
    "application_load_balancer": BALANCER,
    "network_load_balancer": BALANCER,
    "load_balancer_without_targets": BALANCER,
    "database_idle": DATABASE,
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

_A_VOLUME = (re.compile(r"vol-[0-9a-f]{8,17}"), "an EBS volume")
_IDS = {
    VOLUME: _A_VOLUME,
    HELD: _A_VOLUME,
    ADDRESS: (re.compile(r"eipalloc-[0-9a-f]{8,17}|\d{1,3}(?:\.\d{1,3}){3}"), "an Elastic IP"),
    GATEWAY: (re.compile(r"nat-[0-9a-f]{8,17}"), "a NAT gateway"),
    BALANCER: (
        re.compile(r"arn:[\w-]+:elasticloadbalancing:[\w-]+:\d{12}:loadbalancer/(?:app|net)/[\w-]+/[0-9a-f]+"),
        "an Application or Network Load Balancer",
    ),
    DATABASE: (re.compile(r"[A-Za-z][A-Za-z0-9-]{0,62}"), "a database"),
}


def candidates(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What the mart proposes now: rows of the newest period meant for this action, one finding per resource."""
    meant = [row for row in rows if row["is_latest_period"] and row["action"] == ACTION]
    return mart_rows.each_once(_finding(row) for row in meant)


def _finding(row: Mapping[str, Any]) -> Finding:
    kind = KINDS.get(row["rule_id"], "")
    found = mart_rows.finding(row, kind, whole=kind == BALANCER)
    return replace(found, problem=_problem(found, is_billed=bool(row["is_actionable"])) or found.problem)


def _problem(finding: Finding, *, is_billed: bool) -> str:
    if not finding.kind:
        return f"this action knows no rule {finding.rule_id!r}"
    if not is_billed:
        return "not billed on the newest day, or the mart says what stands against it"
    pattern, name = _IDS[finding.kind]
    return "" if pattern.fullmatch(finding.resource_id) else f"the bill's name for it is not that of {name}"
