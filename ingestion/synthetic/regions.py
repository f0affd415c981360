"""The regions of the example company, and how AWS names them on a bill."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Region:
    """`prefix` starts a usage type; `long_prefix` does so for services that name us-east-1 too (VPC, WAF, Fargate)."""

    code: str
    prefix: str
    long_prefix: str
    location: str


VIRGINIA = Region("us-east-1", "", "USE1-", "US East (N. Virginia)")
IRELAND = Region("eu-west-1", "EU-", "EU-", "EU (Ireland)")
OREGON = Region("us-west-2", "USW2-", "USW2-", "US West (Oregon)")
BEIJING = Region("cn-north-1", "CNN1-", "CNN1-", "China (Beijing)")

REGIONS = (VIRGINIA, IRELAND, OREGON, BEIJING)
