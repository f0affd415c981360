"""What stops a run before it touches anything. Every guard answers with its reason, or with nothing."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from lake.store import Store
from lake.zones import KILL_SWITCH
from lambdas.runtime.model import Caps, Decision


def halted(store: Store) -> str:
    """Why no action may run now, or empty.

    Whoever may write to the lake can stop every action: put a file there, its text is the reason. No release needed.
    """
    content = store.read(KILL_SWITCH)
    if content is None:
        return ""
    said = content.decode("utf-8", "replace").strip()
    return f"the kill switch {store.location(KILL_SWITCH)} is set" + (f": {said}" if said else "")


def tripped(decisions: Sequence[Decision], caps: Caps, *, looked_at: int) -> str:
    """Why these decisions together are too much, or empty. `looked_at` counts resources whose live state is known."""
    acts = [decision for decision in decisions if decision.verb.changes_account]
    if len(acts) > caps.max_count:
        return f"{len(acts)} resources to touch, more than the {caps.max_count} allowed per run (--max-count)"
    for currency, cost in sorted(cost_at_risk(acts).items()):
        if cost > caps.max_monthly_cost:
            return (
                f"{cost:,.2f} {currency} a month at risk, more than the {caps.max_monthly_cost:,.2f} allowed per run "
                "(--max-monthly-cost)"
            )
    owners = Counter(decision.owner for decision in acts if decision.owner)
    for owner, count in owners.most_common(1):
        if count > caps.max_per_owner:
            return (
                f"{count} resources of {owner} to touch, more than the {caps.max_per_owner} allowed (--max-per-owner)"
            )
    if looked_at >= caps.share_from and Decimal(100 * len(acts)) > caps.max_share_pct * looked_at:
        return (
            f"{len(acts)} of {looked_at} resources looked at would be touched, more than {caps.max_share_pct} % "
            "(--max-share-pct): so much at once looks like a fault in what is seen"
        )
    return ""


def cost_at_risk(decisions: Iterable[Decision]) -> dict[str, Decimal]:
    """Monthly cost of the decisions per currency. A credit does not make room for another deletion."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for decision in decisions:
        total[decision.currency] += max(decision.monthly_cost or Decimal(0), Decimal(0))
    return dict(total)
