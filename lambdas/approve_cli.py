"""`finops approve`: a person's word for what cannot be undone, for a time and for what is meant now alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

import typer

from lake.accounts import Accounts, UnreachableError
from lake.errors import SettingsError
from lake.workspace import Workspace
from lambdas.cli import act_on
from lambdas.runtime import approvals
from lambdas.runtime.model import Decision, Request, Verb


def approve(
    ctx: typer.Context,
    *,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Which action, as in `finops act`.")],
    resources: Annotated[list[str], typer.Argument(metavar="RESOURCE...", help="Ids as its plan names them.")],
    days: Annotated[int, typer.Option(min=1, max=365, help="After so many days it must be approved again.")] = 30,
    role_name: Annotated[str | None, typer.Option(help="Role to assume in accounts other than your own.")] = None,
) -> None:
    """Approve what an action may not do without a person's word, such as giving an address back.

    The action looks at each resource and tells what it means to do; that, and the state it rests on, is approved. If
    either changes, the approval is void. Who approves is whom AWS says you are. Nothing is touched: `finops act` does
    that, in its own time.
    """
    ws: Workspace = ctx.obj
    by = _caller(ws)
    report = act_on(ws, action, Request(), role_name=role_name)
    chosen = [_asked(report.decisions, resource) for resource in dict.fromkeys(resources)]
    until = ws.now + timedelta(days=days)
    granted = [approvals.grant(ws.store, action, decision, by, ws.now, until) for decision in chosen]
    rows = [
        (one.resource_id, str(decision.asks_for), decision.reason, one.plan, f"{one.expires_at:%Y-%m-%d %H:%M} UTC")
        for one, decision in zip(granted, chosen, strict=True)
    ]
    ws.out.table(f"Approved by {by}", ("resource", "what", "reason", "plan", "until"), rows)
    ws.out.report("approve", {"approved_by": by, "approved": [row[0] for row in rows], "until": until})


def _asked(decisions: Sequence[Decision], resource: str) -> Decision:
    found = [one for one in decisions if resource in (one.resource_id, one.target)]
    if len(found) == 1 and found[0].verb is Verb.NEEDS_APPROVAL:
        return found[0]
    why = "the action does not name it" if not found else f"{found[0].verb}: {found[0].reason}"
    raise SettingsError(
        f"There is nothing to approve on {resource}: {why if len(found) < 2 else 'more than one has this name'}.",
        where="RESOURCE",
        todo="Nothing was approved. Look at the plan: `finops act`.",
    )


def _caller(ws: Workspace) -> str:
    region = ws.settings.region or "us-east-1"
    try:
        return Accounts(ws.run_id).caller(region)
    except UnreachableError as error:
        raise SettingsError(
            f"Who approves is not known: {error}.", where="AWS", todo="Sign in to AWS; nothing was approved."
        ) from error
