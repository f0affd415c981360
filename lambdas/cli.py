"""`finops act`: run one action on the marts, dry unless told otherwise."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

import typer

from lake.accounts import Accounts
from lake.errors import GateClosedError
from lake.output import money
from lake.sessions import ACTING
from lake.workspace import Workspace
from lambdas import registry
from lambdas.registry import ACTIONS, PLANNED
from lambdas.runtime.action import Reach, Run
from lambdas.runtime.model import Grace, Request
from lambdas.runtime.report import ActionReport, raise_if_not_well


def _amount(text: str | Decimal) -> Decimal:
    try:
        amount = Decimal(str(text))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise typer.BadParameter(f"{text!r} is not an amount; write a number such as 500 or 99.50")
    return amount


def act(
    ctx: typer.Context,
    *,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="Which action: " + ", ".join(ACTIONS) + ".")],
    apply: Annotated[
        bool, typer.Option("--apply", help="Really do it. Without this nothing is changed: you get the plan.")
    ] = False,
    mark: Annotated[
        bool,
        typer.Option("--mark", help="Only mark what --apply would touch, by a tag and in the lake; touch nothing."),
    ] = False,
    max_count: Annotated[
        int | None,
        typer.Option(
            min=0, help="Do nothing at all if more resources would be touched; 10 unless the action says more."
        ),
    ] = None,
    max_monthly_cost: Annotated[
        Decimal | None,
        typer.Option(
            parser=_amount, metavar="AMOUNT", help="Do nothing at all if together they cost more a month; usually 500."
        ),
    ] = None,
    max_share_pct: Annotated[
        Decimal | None,
        typer.Option(
            parser=_amount,
            metavar="PERCENT",
            help="Do nothing at all if, of ten or more candidates, a larger share would be touched; usually 90.",
        ),
    ] = None,
    max_per_owner: Annotated[
        int | None, typer.Option(min=0, help="Do nothing at all if more of one owner would be touched; usually 5.")
    ] = None,
    role_name: Annotated[
        str | None, typer.Option(help="Role to assume in accounts other than your own; without it they are skipped.")
    ] = None,
    release_addresses: Annotated[
        bool, typer.Option("--release-addresses", help="Approve releasing Elastic IPs, which cannot be undone.")
    ] = False,
    min_age_days: Annotated[int, typer.Option(min=0, help="Leave volumes alone that are younger than this.")] = 14,
    keep_days: Annotated[int, typer.Option(min=0, help="Leave snapshots alone that are younger than this.")] = 90,
    keep_count: Annotated[
        int, typer.Option(min=1, help="Leave so many of the newest snapshots of a volume alone.")
    ] = 3,
    without_undo: Annotated[
        bool, typer.Option("--without-undo", help="Approve deleting snapshots that no recycle bin keeps.")
    ] = False,
    grace_builds: Annotated[
        int, typer.Option(min=0, help="Touch only what is marked and was found in so many builds of the mart.")
    ] = 0,
    grace_days: Annotated[int, typer.Option(min=0, help="Touch only what is marked for so many days.")] = 0,
    notify_builds: Annotated[
        int, typer.Option(min=0, help="Only tell what a new rule finds in its first so many builds of the mart.")
    ] = 0,
    max_data_age_days: Annotated[int, typer.Option(min=0, help="Refuse to act on a bill older than this.")] = 4,
) -> None:
    """Act on what the marts found: plan first, then with --apply do it, and record every act.

    What rests on a mart runs only if validation passed on the very mart it reads. Each resource is looked at again in
    the AWS account: one that is attached, protected by the tag `finops:protect`, young, managed by Kubernetes, or
    cannot be seen is left alone. A volume is deleted only after its snapshot is complete. Every decision comes with
    its reason.

    A file `actions/STOP` in the lake stops every action.
    """
    from lambdas.runtime.entry import approved

    if apply and mark:
        raise typer.BadParameter("a run either marks or acts; leave out one of --mark and --apply")
    ws: Workspace = ctx.obj
    caps: dict[str, Any] = {
        "max_count": max_count,
        "max_monthly_cost": max_monthly_cost,
        "max_share_pct": max_share_pct,
        "max_per_owner": max_per_owner,
    }
    request = Request(
        apply=apply,
        mark=mark,
        caps=replace(
            registry.action(action).caps, **{name: value for name, value in caps.items() if value is not None}
        ),
        approved=approved(release=release_addresses, without_undo=without_undo),
        min_age=timedelta(days=min_age_days),
        max_data_age=timedelta(days=max_data_age_days),
        keep_days=keep_days,
        keep_count=keep_count,
        grace=Grace(grace_builds, grace_days),
        notify_builds=notify_builds,
    )
    report = act_on(ws, action, request, role_name=role_name)
    show(ws, report)
    ws.out.report("act", report.as_document())
    raise_if_not_well(report)


def act_on(ws: Workspace, name: str, request: Request, *, role_name: str | None = None) -> ActionReport:
    """Run one action. Raises UnknownActionError, GateClosedError, NoAccountError, LakeError; see run_action."""
    from lambdas.runtime.entry import settings_of
    from lambdas.runtime.run import run_action

    with ws.out.progress(f"{name}: looking at the account") as advance:
        run = Run(
            ws.store,
            Accounts(ws.run_id, role_name=role_name, at_most=ACTING),
            ws.run_id,
            ws.now,
            tell=lambda line: advance(what=line),
            reach=_reach(ws),
            settings=settings_of(os.environ),
        )
        return run_action(run, registry.action(name), request)


def plan_all(ws: Workspace, *, role_name: str | None = None) -> list[ActionReport]:
    """A dry run of every action that follows what the marts find.

    One behind a closed gate says so in `closed`; none of them changes an account.
    """
    reports = []
    for name in PLANNED:
        try:
            reports.append(act_on(ws, name, Request(), role_name=role_name))
        except GateClosedError as error:
            reports.append(ActionReport.behind_closed_gate(name, registry.action(name).mart, ws.run_id, error))
    return reports


def _reach(ws: Workspace) -> Reach:
    told = ws.settings.collecting
    return Reach(told.accounts, told.regions, ws.settings.region or Reach.home)


def show_plans(ws: Workspace, reports: Sequence[ActionReport]) -> None:
    """The dry runs of all actions, short: how many resources, for which reason, at what monthly cost."""
    for report in reports:
        if report.closed or not report.outcomes:
            show(ws, report)
            continue
        groups: dict[tuple[str, str, str], list[Decimal]] = defaultdict(list)
        for decision in report.decisions:
            key = (str(decision.verb), decision.reason, decision.currency)
            groups[key].append(decision.monthly_cost or Decimal(0))
        rows = [
            (verb, reason, len(costs), money(sum(costs, Decimal(0)), unit))
            for (verb, reason, unit), costs in groups.items()
        ]
        ws.out.table(f"Plan of {report.action}", ("decision", "reason", "resources", "monthly cost"), rows)
        if report.stopped:
            ws.out.say(f"{report.action}: with --apply this would stop: {report.stopped}")
        for note in report.notes:
            ws.out.say(note)
        ws.out.say(f"Nothing was changed. One by one: finops act {report.action}")
    ws.out.report("act", {"plans": [report.as_document() for report in reports]})


def show(ws: Workspace, report: ActionReport) -> None:
    """A report for a person: one row per candidate, then what it comes to."""
    if report.closed:
        ws.out.say(f"{report.action}: {report.what_closed}")
        return
    rows = [
        (
            out.decision.resource_id,
            f"{out.decision.account} {out.decision.region}",
            f"{out.decision.verb}: {out.status}" if out.decision.verb.changes_account else str(out.decision.verb),
            out.detail or out.decision.reason,
            money(out.decision.monthly_cost, out.decision.currency) if out.decision.currency else "",
        )
        for out in report.outcomes
    ]
    if rows:
        done = (
            "done" if report.apply else "marked, nothing else is changed" if report.mark else "plan, nothing is changed"
        )
        title = f"{report.action}: {done}"
        ws.out.table(title, ("resource", "account, region", "decision", "reason", "monthly cost"), rows)
    elif not report.stopped:
        ws.out.say(f"{report.action}: nothing to do, there are no candidates.")
    if report.stopped:
        ws.out.say(
            f"{report.action}: {'with --apply this would stop' if report.is_dry else 'stopped'}: {report.stopped}"
        )
    for note in report.notes:
        ws.out.say(note)
    if report.plan:
        ws.out.say(f"The plan is in {report.plan}")
