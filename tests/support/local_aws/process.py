"""A local AWS in a process of its own, where no `mock_aws` of a test empties it and no thread of a test slows it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.local_aws.journal import Statement, Write, read
from tests.support.local_aws.server import REGION, Account

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class RemoteAws(Account):
    """An account in another process, with all that happened on it."""

    url: str
    journal: Path
    region: str = REGION

    @property
    def statements(self) -> list[Statement]:
        return read(self.journal)[0]

    @property
    def writes(self) -> list[Write]:
        return read(self.journal)[1]


@contextmanager
def running(
    folder: Path,
    buckets: tuple[str, ...] = (),
    throttle: int | None = None,
    region: str = REGION,
    *,
    is_whole: bool = False,
) -> Iterator[RemoteAws]:
    """Start an account with these buckets; its journal lies in the folder. Raises RuntimeError if it does not start.

    With `throttle` it refuses every n-th call of each operation, as AWS does when too many come. A whole account
    answers all that Terraform asks of it, and runs steps and tasks.
    """
    journal = folder / "local_aws.jsonl"
    command = [sys.executable, "-m", "tests.support.local_aws", "--journal", str(journal)]
    command += [part for bucket in buckets for part in ("--bucket", bucket)]
    command += ["--throttle", str(throttle)] if throttle else []
    command += ["--region", region, *(["--whole"] if is_whole else [])]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield RemoteAws(_address(process), journal, region)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    url = ""
    for line in process.stdout:
        if line.startswith("export AWS_ENDPOINT_URL="):
            url = line.strip().split("=", 1)[1]
        if line.startswith("# ready"):
            return url
    raise RuntimeError("the local AWS did not start; run `python -m tests.support.local_aws` to see why")
