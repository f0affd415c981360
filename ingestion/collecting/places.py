"""Which accounts and regions are asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingestion.collecting.model import GLOBAL, Span
from lake.accounts import Accounts, UnreachableError, in_words
from lake.errors import LakeError
from lake.settings import Collecting

ALL = "all"
# Where the services answer that have one place for all regions.
HOME = "us-east-1"


@dataclass(frozen=True)
class Place:
    """An account and a region; `error` says why its regions are not known, and nothing can be asked there."""

    account: str
    region: str
    error: str = ""


@dataclass(frozen=True)
class Places:
    """All places of one collection. `home` is the region that is called for what has no region."""

    own: str
    home: str
    accounts: tuple[str, ...]
    places: tuple[Place, ...]

    def of(self, span: Span) -> tuple[Place, ...]:
        """Where questions of this span are put."""
        if span is Span.REGIONS:
            return self.places
        accounts = (self.own,) if span is Span.PAYER else self.accounts
        return tuple(Place(account, GLOBAL) for account in accounts)


def find_places(accounts: Accounts, settings: Collecting, region: str | None) -> Places:
    """The accounts and regions that settings name; region `all` are those that are enabled in each account.

    Raises LakeError when there is no account at all.
    """
    home = region or next((one for one in settings.regions if one != ALL), HOME)
    try:
        own = accounts.own_account(home)
    except UnreachableError as error:
        raise LakeError(
            f"Nothing can be collected: {error}.",
            where="AWS credentials",
            todo="Log in, or set AWS_PROFILE; then run it again.",
        ) from error
    chosen = settings.accounts or (own,)
    places = [place for account in chosen for place in _places(accounts, account, settings.regions or (home,), home)]
    return Places(own, home, chosen, tuple(places))


def _places(accounts: Accounts, account: str, regions: Sequence[str], home: str) -> list[Place]:
    from botocore.exceptions import BotoCoreError, ClientError

    if ALL not in regions:
        return [Place(account, region) for region in regions]
    try:
        told = accounts.client("ec2", account, home).describe_regions()["Regions"]
    except (UnreachableError, BotoCoreError, ClientError) as error:
        why = str(error) if isinstance(error, UnreachableError) else in_words(error)
        return [Place(account, ALL, f"its regions are not known: {why}")]
    return [Place(account, name) for name in sorted(one["RegionName"] for one in told)]
