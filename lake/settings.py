"""What a user may set, from the command line first, then from the environment, then the default."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lake.errors import SettingsError

DEFAULT_LAKE = "finops-lake"

# What DuckDB may hold before it spills to disk; a run needs up to half a gigabyte beside it.
DEFAULT_MEMORY = "1GB"


class Profile(StrEnum):
    """Which engine computes the marts: the embedded DuckDB, or Athena in an AWS account."""

    LOCAL = "local"
    AWS = "aws"


@dataclass(frozen=True)
class Settings:
    """One run's settings. `lake` is a folder or an `s3://bucket/prefix`; `region` is None when AWS is not used."""

    lake: str
    profile: Profile
    region: str | None

    @classmethod
    def resolve(
        cls,
        *,
        lake: str | None = None,
        profile: str | None = None,
        environ: Mapping[str, str] | None = None,
    ) -> Settings:
        """Settings from flags, then `FINOPS_LAKE`, `FINOPS_PROFILE` and `AWS_REGION`, then defaults.

        Raises SettingsError for a profile that does not exist and for an S3 address without a bucket.
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
        return cls(
            lake=place.rstrip("/") or "/",
            profile=chosen,
            region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION"),
        )


def engine_memory(environ: Mapping[str, str] | None = None) -> str:
    """How much memory the embedded engine may take, as it writes sizes: `FINOPS_MEMORY`, such as 4GB.

    Raises SettingsError for what is not a size.
    """
    env = os.environ if environ is None else environ
    wanted = (env.get("FINOPS_MEMORY") or DEFAULT_MEMORY).strip()
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)? *([KMGT]i?B)", wanted, re.IGNORECASE):
        raise SettingsError(f"{wanted!r} is no size.", where="FINOPS_MEMORY", todo="Write it as 1GB or 800MB.")
    return wanted
