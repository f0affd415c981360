"""Rows of the mart `idle_resources` as findings of this action. Pure.

The bill names a resource by id or by ARN; AWS wants the id. A row that cannot be acted on for what it says itself is
kept with its problem, so that it is reported and not silently dropped.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lambdas.idle_cleanup.decide import ADDRESS, VOLUME
from lambdas.runtime.model import Finding
from lambdas.runtime.rows import amount

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

_ARN = re.compile(r"arn:[\w-]+:ec2:(?P<region>[\w-]*):(?P<account>\d*):[\w-]+/(?P<id>.+)")
_IDS = {
    VOLUME: (re.compile(r"vol-[0-9a-f]{8,17}"), "an EBS volume"),
    ADDRESS: (re.compile(r"eipalloc-[0-9a-f]{8,17}|\d{1,3}(?:\.\d{1,3}){3}"), "an Elastic IP"),
}


def candidates(rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """What the mart proposes now: rows of the newest period meant for this action, one finding per resource."""
    meant = [row for row in rows if row["is_latest_period"] and row["action"] == ACTION]
    found: dict[tuple[str, str, str], Finding] = {}
    for row in sorted(meant, key=lambda row: str(row["finding_id"])):
        finding = _finding(row)
        key = (finding.account, finding.region, finding.resource_id)
        # Two rules, or two payers, may name one resource: it is touched once, at the cost of both.
        found[key] = _joined(found[key], finding) if key in found else finding
    return list(found.values())


def _finding(row: Mapping[str, Any]) -> Finding:
    kind = KINDS.get(row["rule_id"], "")
    account, region = str(row["sub_account_id"] or ""), str(row["region_id"] or "")
    billed_as = str(row["resource_id"] or "")
    arn = _ARN.fullmatch(billed_as)
    resource_id = arn["id"] if arn else billed_as
    finding = Finding(
        plan_key=str(row["finding_id"] or ""),
        rule_id=str(row["rule_id"]),
        kind=kind,
        resource_id=resource_id,
        account=account,
        region=region,
        monthly_cost=amount(row["monthly_cost"]),
        currency=str(row["billing_currency"] or ""),
    )
    elsewhere = arn is not None and (arn["account"] not in ("", account) or arn["region"] not in ("", region))
    return replace(finding, problem=_problem(finding, is_billed=bool(row["is_actionable"]), elsewhere=elsewhere))


def _problem(finding: Finding, *, is_billed: bool, elsewhere: bool) -> str:
    if not finding.kind:
        return f"this action knows no rule {finding.rule_id!r}"
    if not is_billed:
        return "not billed on the newest day, or the mart says what stands against it"
    pattern, name = _IDS[finding.kind]
    if not pattern.fullmatch(finding.resource_id):
        return f"the bill's name for it is not that of {name}"
    if elsewhere:
        return "its ARN names another account or region than the bill"
    if finding.monthly_cost is None:
        return "its monthly cost is unknown, so no cap could count it"
    return "" if finding.plan_key else "the mart gives it no finding id"


def _joined(first: Finding, second: Finding) -> Finding:
    if first.problem or second.problem:
        return second if first.problem else first
    if first.currency != second.currency or first.monthly_cost is None or second.monthly_cost is None:
        return replace(first, problem="its cost is billed in two currencies")
    return replace(first, monthly_cost=first.monthly_cost + second.monthly_cost)
