"""A digest in words: for mail, and for Slack and Teams as AWS's chat service takes it. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from lambdas.cost_reporter.figures import Digest

# SNS takes 100 characters of a subject and 256 KiB of a message; nobody reads as much.
SUBJECT, MESSAGE = 100, 8000


def subject(digests: Sequence[Digest], day: date) -> str:
    """The subject of the mail, in plain characters as SNS wants them."""
    told = ", ".join(f"{one.month:,.0f} {one.currency}" for one in digests)
    return f"AWS cost on {day}: {told} this month".encode("ascii", "replace").decode()[:SUBJECT]


def body(digests: Sequence[Digest], acts: Sequence[Mapping[str, Any]], missing: Sequence[str]) -> str:
    """The digest; bold is written as Slack does, with stars."""
    parts = [line for one in digests for line in [*_costs(one), ""]]
    parts += _acts(acts)
    parts += [f"Not told: {each}" for each in missing]
    return "\n".join(parts).strip()[:MESSAGE]


def message(title: str, text: str) -> str:
    """The message by protocol: text, and for chat the form that AWS's chat service shows (custom notification 1.0)."""
    chat = {"version": "1.0", "source": "custom", "content": {"title": title, "description": text}}
    return json.dumps({"default": text, "email": text, "https": json.dumps(chat)})


def _costs(one: Digest) -> list[str]:
    change = one.week - one.week_before
    share = f" ({100 * change / one.week_before:+.1f} %)" if one.week_before > 0 else ""
    lines = [
        f"*{one.currency}, usage through {one.through}*",
        f"This month {one.month:,.2f}" + (f", forecast {one.forecast:,.2f}" if one.forecast is not None else ""),
        f"Last seven days {one.week:,.2f}, {change:+,.2f}{share} against the seven before",
    ]
    lines += _listed("Moved most against last month", one.movers, sign="+")
    lines += _listed("Anomalies of these seven days", one.anomalies, sign="+")
    if one.budgets:
        lines += ["Budgets", *(f"• {account}, {name}: {used:.0f} % used" for account, name, used in one.budgets)]
    if one.realized:
        lines.append("Really saved, as the bill tells")
        lines += [f"• {action}: {amount:,.2f}" for action, amount in one.realized]
    if one.regressed:
        lines.append(f"Lost again: the saving of {one.regressed} acts")
    if one.savings:
        lines.append(f"Could be saved: {one.saved:,.2f} a month")
        lines += [f"• {lever}: {amount:,.2f}" for lever, amount in one.savings if amount]
    return lines


def _listed(title: str, told: Sequence[tuple[str, str, Decimal]], *, sign: str) -> list[str]:
    if not told:
        return []
    return [title, *(f"• {account}, {service}: {amount:{sign},.2f}" for account, service, amount in told)]


def _acts(acts: Sequence[Mapping[str, Any]]) -> list[str]:
    counted = Counter((str(act.get("action")), str(act.get("verb"))) for act in acts)
    if not counted:
        return ["No action was taken since yesterday."]
    return [
        "*Done since yesterday*",
        *(f"• {action}: {verb} {count}" for (action, verb), count in sorted(counted.items())),
    ]
