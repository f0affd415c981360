"""The verb `collect`."""

from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lake.errors import CheckFailedError, SettingsError
from lake.output import Cell
from lake.settings import Collecting, account_ids, words
from lake.tables import COLLECTED_SOURCES
from lake.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ingestion.collecting.collect import CollectReport, SourceReport
    from ingestion.collecting.model import Source

_NAMED_AT_MOST = 5


def collect(
    ctx: typer.Context,
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="[SOURCE]...", help=f"What to ask for: {', '.join(COLLECTED_SOURCES)}. Default: all."),
    ] = None,
    regions: Annotated[
        str | None,
        typer.Option(help="Regions between commas, or all. Default: $FINOPS_REGIONS or $AWS_REGION.", metavar="NAMES"),
    ] = None,
    accounts: Annotated[
        str | None,
        typer.Option(help="Account ids between commas. Default: $FINOPS_ACCOUNTS or your own.", metavar="IDS"),
    ] = None,
    role_name: Annotated[
        str | None, typer.Option(help="Role to assume in accounts other than your own. Default: $FINOPS_ROLE_NAME.")
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(
            help="Dollars that the questions may cost which AWS takes money for. Default: $FINOPS_COLLECT_BUDGET or 1.",
            metavar="DOLLARS",
        ),
    ] = None,
    rightsizing_csv: Annotated[
        Path | None,
        typer.Option(
            help="Cost Explorer's rightsizing as its console gives it. Without a SOURCE nobody is asked.",
            metavar="FILE",
        ),
    ] = None,
) -> None:
    """Ask AWS accounts for what no bill tells: which resources there are, what they did, what AWS recommends.

    Reads only. What is answered is kept in the lake as Parquet, a day beside the others; the same day again takes the
    place of that day. A question that is not answered, since a right or a service is missing or AWS throttles, stops
    no other: it is named here and recorded, so that nothing is taken for idle that nobody could see.

    Exit code 0: every question was answered. 1: some were not, and all others are landed.

    Example: finops collect inventory metrics --regions all
    """
    from ingestion.collecting import registry
    from ingestion.collecting.collect import collect as ask

    ws: Workspace = ctx.obj
    asked = registry.chosen(sources or ())
    if rightsizing_csv is not None:
        _land_file(ws, rightsizing_csv)
        if not sources:
            return
    wanted = _wanted(ws.settings.collecting, regions, accounts, role_name, budget)
    ws = replace(ws, settings=replace(ws.settings, collecting=wanted))
    _tell_price(ws, asked)
    with ws.store.locked():
        report = ask(ws, asked)
    show(ws, report)
    _raise_if_not_all(report)


def _land_file(ws: Workspace, path: Path) -> None:
    from ingestion.collecting.files import land_rightsizing

    with ws.store.locked():
        answer = land_rightsizing(ws, path)
    ws.out.say(f"Landed {answer.row_count:,} recommendations of Cost Explorer from {path}.")
    ws.out.report("rightsizing_csv", {"row_count": answer.row_count})


def _wanted(
    usual: Collecting, regions: str | None, accounts: str | None, role_name: str | None, budget: str | None
) -> Collecting:
    return Collecting(
        accounts=account_ids(accounts, "--accounts") if accounts else usual.accounts,
        regions=words(regions) if regions else usual.regions,
        role_name=role_name or usual.role_name,
        tag_keys=usual.tag_keys,
        budget=_dollars(budget) if budget else usual.budget,
    )


def _dollars(text: str) -> Decimal:
    try:
        amount = Decimal(text.removeprefix("$"))
    except ArithmeticError:
        amount = Decimal("NaN")
    if not amount.is_finite() or amount < 0:
        raise SettingsError(f"{text!r} is no amount of dollars.", where="--budget", todo="Write it as 2.50.")
    return amount


def _tell_price(ws: Workspace, sources: Sequence[Source]) -> None:
    """Before anything is asked: what it costs at least. Raises SettingsError where that is more than may be spent."""
    settings = ws.settings.collecting
    prices = {one.name: one.least_price(settings) for one in sources if one.least_price is not None}
    least = sum(prices.values(), Decimal(0))
    if not prices:
        return
    told = f"AWS takes money for these questions: {', '.join(prices)}"
    if least > settings.budget:
        raise SettingsError(
            f"{told}, at least ${least:.2f}, and ${settings.budget:.2f} may be spent.",
            where="--budget or FINOPS_COLLECT_BUDGET",
            todo="Raise it, or name the sources to ask for.",
        )
    at_least = f", at least ${least:.2f}" if least else ""
    ws.out.say(f"{told}{at_least}. No more than ${settings.budget:.2f} is spent.")


def show(ws: Workspace, report: CollectReport) -> None:
    """Tell a person and a machine what was landed, and what was not answered."""
    rows: list[list[Cell]] = [_line(one) for one in report.sources]
    ws.out.table("Collected", ["source", "questions", "answered", "rows", ""], rows)
    for source, answer in report.failed:
        ws.out.warn(
            f"{source} {answer.part} of {answer.account_id} in {answer.region_id}: {answer.status}: {answer.reason}"
        )
    if report.spent:
        ws.out.say(f"AWS takes about ${report.spent:.4f} for it.")
    ws.out.report("collect", _document(report))


def _line(one: SourceReport) -> list[Cell]:
    answered = len(one.answers) - len(one.failed)
    verdict = "" if not one.failed else "NOT ANSWERED" if not answered else "in part"
    return [one.source, len(one.answers), answered, f"{one.row_count:,}", verdict]


def _document(report: CollectReport) -> dict[str, Any]:
    return {
        "accounts": report.accounts,
        "regions": report.regions,
        "spent": report.spent,
        "sources": [
            {
                "source": one.source,
                "row_count": one.row_count,
                "failed_count": len(one.failed),
                "answers": [asdict(answer) for answer in one.answers],
            }
            for one in report.sources
        ],
    }


def _raise_if_not_all(report: CollectReport) -> None:
    from ingestion.collecting.failures import TODO

    failed = report.failed
    if not failed:
        return
    named = [f"{source} {one.part} of {one.account_id} in {one.region_id}" for source, one in failed[:_NAMED_AT_MOST]]
    more = f"; and {len(failed) - len(named)} more" if len(failed) > len(named) else ""
    todo = "; ".join(TODO[status] for status in sorted({one.status for _, one in failed}))
    raise CheckFailedError(
        f"{len(failed)} questions were not answered: {'; '.join(named)}{more}.",
        where="what was answered is landed; of these the last answer stays, and is known to be old",
        todo=f"{todo[:1].upper()}{todo[1:]}.",
    )
