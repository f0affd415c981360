"""Where events happen: a seed and a month. Names of resources come from the seed, so they are the same every month."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass
from datetime import date

from ingestion.synthetic.accounts import Account
from ingestion.synthetic.periods import Period
from ingestion.synthetic.regions import Region


@dataclass(frozen=True)
class Scene:
    """`started` is the ledger's first day: when commitments were bought, and from when the cost jump counts."""

    seed: int
    period: Period
    started: date

    def chance(self, name: str) -> random.Random:
        """A source of noise of its own for one thing and month (no secret): adding a thing moves no other."""
        return random.Random(f"{self.seed}/{self.period.name}/{name}")  # noqa: S311  # nosec B311

    def hex(self, name: str, length: int = 17) -> str:
        """The hexadecimal part of a resource's id."""
        return hashlib.sha256(f"{self.seed}/{name}".encode()).hexdigest()[:length]

    def uuid(self, name: str) -> str:
        """A lower-case UUID for ids that end in one."""
        text = self.hex(name, 32)
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def arn(service: str, region: Region, account: Account, rest: str) -> str:
    """An Amazon resource name as bills write it."""
    partition = "aws-cn" if region.code.startswith("cn-") else "aws"
    return f"arn:{partition}:{service}:{region.code}:{account.id}:{rest}"
