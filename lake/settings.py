"""What a user may set, from the command line first, then from the environment, then the default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from lake import zones
from lake.errors import SettingsError

DEFAULT_LAKE = "finops-lake"

# What DuckDB may hold before it spills to disk; a run needs up to half a gigabyte beside it.
DEFAULT_MEMORY = "1GB"


class Profile(StrEnum):
    """Which engine computes the marts: the embedded DuckDB, or Athena in an AWS account."""

    LOCAL = "local"
    AWS = "aws"


@dataclass(frozen=True)
class Athena:
    """How the engine of the profile aws is reached.

    `workgroup` runs every statement. `prefix` begins the names of the Glue databases. `results` is where Athena puts
    what statements answer; "" is a prefix of the lake. `budget` are the dollars that one run may read for, None any;
    `price` is what Athena takes for a terabyte read.
    """

    workgroup: str = "primary"
    prefix: str = "finops"
    results: str = ""
    budget: Decimal | None = None
    price: Decimal = Decimal(5)


@dataclass(frozen=True)
class Collecting:
    """What is asked of AWS accounts. `accounts` () is the caller's own alone, `regions` () its own region alone.

    `role_name` is assumed in all other accounts. `tag_keys` are the cost allocation tags that are asked for.
    `budget` are the dollars that one collection may spend on questions that AWS takes money for.
    """

    accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    role_name: str | None = None
    tag_keys: tuple[str, ...] = ()
    budget: Decimal = Decimal(1)


@dataclass(frozen=True)
class Settings:
    """One run's settings. `lake` is a folder or an `s3://bucket/prefix`; `region` is None when AWS is not used."""

    lake: str
    profile: Profile
    region: str | None
    athena: Athena = Athena()
    collecting: Collecting = Collecting()

    @property
    def results(self) -> str:
        """Where Athena puts what statements answer: an s3:// address that ends with a slash."""
        return f"{(self.athena.results or f'{self.lake}/{zones.ATHENA_RESULTS}').rstrip('/')}/"

    def past(self, lake: str, moment: str) -> Settings:
        """The same for a lake of the past, whose Glue databases have the moment in their names.

        Raises SettingsError for a lake that the profile cannot read.
        """
        _require_readable(self.profile, lake, "--to")
        return replace(
            self, lake=lake, athena=replace(self.athena, prefix=f"{self.athena.prefix}_past_{moment.lower()}")
        )

    def glue_database(self, zone: str) -> str:
        """The Glue database of a zone, as Terraform names it."""
        return f"{self.athena.prefix}_{zone}"

    @classmethod
    def resolve(
        cls,
        *,
        lake: str | None = None,
        profile: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Settings:
        """Settings from flags, then `FINOPS_LAKE`, `FINOPS_PROFILE` and `AWS_REGION`, then defaults.

        Athena's are `FINOPS_ATHENA_WORKGROUP`, `FINOPS_ATHENA_RESULTS`, `FINOPS_GLUE_PREFIX`, `FINOPS_ATHENA_BUDGET`
        and `FINOPS_ATHENA_PRICE`; what is collected from accounts is `FINOPS_ACCOUNTS`, `FINOPS_REGIONS` (or all),
        `FINOPS_ROLE_NAME`, `FINOPS_COST_TAGS` and `FINOPS_COLLECT_BUDGET`. Raises SettingsError for a profile that does
        not exist, an S3 address without a bucket, a lake that the profile cannot read, and words that are no account.
        """
        env = os.environ if environ is None else environ
        wanted = profile or env.get("FINOPS_PROFILE") or Profile.LOCAL
        try:
            chosen = Profile(wanted)
        except ValueError:
            raise SettingsError(
                f"There is no profile {wanted!r}.",
                where="--profile or FINOPS_PROFILE",
                todo="Choose one of: " + ", ".join(Profile),
            ) from None
        place = lake or env.get("FINOPS_LAKE") or DEFAULT_LAKE
        if place.startswith("s3:") and not place.removeprefix("s3:").strip("/"):
            raise SettingsError(
                "The address of the lake names no bucket.",
                where=f"{place!r} in --lake or FINOPS_LAKE",
                todo="Write it as s3://bucket/prefix.",
            )
        _require_readable(chosen, place, "--lake or FINOPS_LAKE")
        return cls(
            lake=place.rstrip("/") or "/",
            profile=chosen,
            region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION"),
            athena=_athena(env),
            collecting=_collecting(env),
        )


def _require_readable(profile: Profile, place: str, named_by: str) -> None:
    if profile is Profile.AWS and not place.startswith("s3://"):
        raise SettingsError(
            "Athena reads S3 alone, and this lake is a folder.",
            where=f"{place!r} in {named_by}",
            todo="Name the lake as s3://bucket/prefix, or use --profile local.",
        )


def _athena(env: Mapping[str, str]) -> Athena:
    prefix = env.get("FINOPS_GLUE_PREFIX") or Athena.prefix
    # What Glue and Athena's own SQL both take without quotes.
    if not re.fullmatch(r"[a-z][a-z0-9_]*", prefix):
        raise SettingsError(
            f"{prefix!r} cannot begin the name of a Glue database.",
            where="FINOPS_GLUE_PREFIX",
            todo="Use lower-case letters, digits and underscores, and begin with a letter.",
        )
    results = env.get("FINOPS_ATHENA_RESULTS") or Athena.results
    if results and not results.startswith("s3://"):
        raise SettingsError(
            "Athena writes its results to S3 alone.",
            where="FINOPS_ATHENA_RESULTS",
            todo="Write it as s3://bucket/prefix/.",
        )
    budget, price = _dollars(env, "FINOPS_ATHENA_BUDGET"), _dollars(env, "FINOPS_ATHENA_PRICE")
    workgroup = env.get("FINOPS_ATHENA_WORKGROUP") or Athena.workgroup
    return Athena(workgroup, prefix, results, budget, Athena.price if price is None else price)


def _collecting(env: Mapping[str, str]) -> Collecting:
    budget = _dollars(env, "FINOPS_COLLECT_BUDGET")
    return Collecting(
        account_ids(env.get("FINOPS_ACCOUNTS", ""), "FINOPS_ACCOUNTS"),
        words(env.get("FINOPS_REGIONS", "")),
        env.get("FINOPS_ROLE_NAME") or None,
        words(env.get("FINOPS_COST_TAGS", "")),
        Collecting.budget if budget is None else budget,
    )


def words(text: str) -> tuple[str, ...]:
    """What stands between commas, in that order, each once."""
    return tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))


def account_ids(text: str, named_by: str) -> tuple[str, ...]:
    """Account ids between commas. Raises SettingsError for what is none."""
    wrong = [word for word in words(text) if not re.fullmatch(r"[0-9]{12}", word)]
    if wrong:
        raise SettingsError(f"{wrong[0]!r} is no account id.", where=named_by, todo="Write twelve digits for each.")
    return words(text)


def _dollars(env: Mapping[str, str], name: str) -> Decimal | None:
    wanted = env.get(name, "").strip().removeprefix("$")
    if not wanted:
        return None
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", wanted):
        raise SettingsError(f"{wanted!r} is no amount of dollars.", where=name, todo="Write it as 2.50.")
    return Decimal(wanted)


def engine_memory(environ: Mapping[str, str] | None = None) -> str:
    """How much memory the embedded engine may take, as it writes sizes: `FINOPS_MEMORY`, such as 4GB.

    Raises SettingsError for what is not a size.
    """
    env = os.environ if environ is None else environ
    wanted = (env.get("FINOPS_MEMORY") or DEFAULT_MEMORY).strip()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? *([KMGT]i?B)", wanted, re.IGNORECASE):
        raise SettingsError(f"{wanted!r} is no size.", where="FINOPS_MEMORY", todo="Write it as 1GB or 800MB.")
    return wanted
