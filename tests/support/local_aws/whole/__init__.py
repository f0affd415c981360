"""What moto lacks of an account that Terraform fills and a pipeline runs in: see ../README.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.local_aws.server import LocalAws


def widen(account: LocalAws) -> None:
    """Make an account answer all that Terraform asks of it, and run tasks and steps for real."""
    from tests.support.local_aws.whole import answers, billing, kept, tasks

    billing.teach()
    kept.patch(account)
    tasks.patch(account)
    answers.patch(account)
