"""A row of a mart as a finding. Pure.

The bill names a resource by id or by ARN; AWS wants the id.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from lambdas.runtime.model import Finding

_ARN = re.compile(r"arn:[\w-]+:\w[\w-]*:(?P<region>[\w-]*):(?P<account>\d*):(?P<path>.+)")


def finding(row: Mapping[str, Any], kind: str, *, key: str = "finding_id", whole: bool = False) -> Finding:
    """A finding of a row, with its first problem; `whole` keeps an ARN, where AWS wants one, as it is."""
    account, region = str(row["sub_account_id"] or ""), str(row["region_id"] or "")
    billed_as = str(row["resource_id"] or "")
    arn = _ARN.fullmatch(billed_as)
    found = Finding(
        plan_key=str(row[key] or ""),
        rule_id=str(row["rule_id"]),
        kind=kind,
        resource_id=billed_as if whole or not arn else re.split("[:/]", arn["path"])[-1],
        account=account,
        region=region,
        monthly_cost=amount(row["monthly_cost"]),
        currency=str(row["billing_currency"] or ""),
    )
    if arn and (arn["account"] not in ("", account) or arn["region"] not in ("", region)):
        return replace(found, problem="its ARN names another account or region than the bill")
    if found.monthly_cost is None:
        return replace(found, problem="its monthly cost is unknown, so no cap could count it")
    return found if found.plan_key else replace(found, problem="the mart gives it no id")


def each_once(findings: Iterable[Finding]) -> list[Finding]:
    """Each resource once: two rules, or two payers, may name one. It counts with the cost of both.

    Two rules of one payer that see the same charges count them twice, which can only stop an action, never let it go.
    """
    found: dict[tuple[str, str, str, str], Finding] = {}
    for one in sorted(findings, key=lambda one: (bool(one.problem), one.plan_key)):
        key = (one.account, one.region, one.kind, one.resource_id)
        found[key] = _joined(found[key], one) if key in found else one
    return list(found.values())


def amount(cell: object) -> Decimal | None:
    """An amount of a mart, None for none."""
    try:
        told = Decimal(str(cell))
    except InvalidOperation:
        return None
    return told if told.is_finite() else None


def _joined(first: Finding, second: Finding) -> Finding:
    if second.problem or first.monthly_cost is None or second.monthly_cost is None:
        return first
    if first.currency != second.currency:
        return replace(first, problem="its cost is billed in two currencies")
    return replace(first, monthly_cost=first.monthly_cost + second.monthly_cost)
