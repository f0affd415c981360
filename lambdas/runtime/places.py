"""The accounts and regions in which an action looks that does not follow the bill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lake.accounts import UnreachableError, in_words
from lambdas.runtime.action import Run

ALL = "all"


@dataclass(frozen=True)
class Place:
    """An account and a region; `problem` says why it cannot be looked at, else empty."""

    account: str
    region: str
    problem: str = ""


def places(run: Run) -> Iterator[Place]:
    """Every account and region that a run reaches for. One that cannot be reached is there, with its problem."""
    try:
        accounts = run.reach.accounts or (run.accounts.own_account(run.reach.home),)
    except UnreachableError as error:
        yield Place("", run.reach.home, str(error))
        return
    for account in accounts:
        if ALL not in run.reach.regions:
            yield from (Place(account, region) for region in run.reach.regions or (run.reach.home,))
        else:
            yield from _enabled(run, account)


def _enabled(run: Run, account: str) -> Iterator[Place]:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        # Without AllRegions EC2 tells those that the account has switched on.
        told = run.accounts.ec2(account, run.reach.home).describe_regions()["Regions"]
    except UnreachableError as error:
        yield Place(account, run.reach.home, str(error))
    except (BotoCoreError, ClientError) as error:
        yield Place(account, run.reach.home, f"its regions cannot be listed ({in_words(error)})")
    else:
        yield from (Place(account, region["RegionName"]) for region in told)
