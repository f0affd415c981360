"""Releases one Elastic IP. It cannot be undone, and AWS is no net: in a default VPC it releases addresses in use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING

from lake.accounts import code_of
from lambdas.idle_cleanup.decide import Address, why_not_now
from lambdas.idle_cleanup.look import addresses_by_name
from lambdas.runtime.model import Decision, Outcome, Status, Ticket

if TYPE_CHECKING:
    from mypy_boto3_ec2.client import EC2Client

_GONE = ("InvalidAllocationID.NotFound", "InvalidAddress.NotFound")


def release(ec2: EC2Client, decision: Decision, ticket: Ticket) -> Outcome:
    """Release the address of a decision if still nothing uses it. Raises botocore errors; nothing is hidden."""
    from botocore.exceptions import ClientError

    address = addresses_by_name(ec2, [decision.resource_id]).get(decision.resource_id)
    obstacle = why_not_now(address, decision, ticket) if address else "not found any more"
    if address is None or obstacle:
        return Outcome(Status.LEFT_ALONE, decision, obstacle)
    outcome = _done(address, decision)
    ticket.intend(outcome)
    try:
        _release(ec2, address, decision.region)
    except ClientError as error:
        if code_of(error) == "InvalidIPAddress.InUse":
            return Outcome(Status.LEFT_ALONE, decision, "associated meanwhile")
        if code_of(error) not in _GONE:
            raise
    return outcome


def _done(address: Address, decision: Decision) -> Outcome:
    return Outcome(
        Status.DONE,
        decision,
        f"released {address.public_ip}",
        before=asdict(address),
        after={"state": "released"},
        undo=(
            "A release cannot be undone for certain. As long as nobody else was given it: "
            f"aws ec2 allocate-address --region {decision.region} --domain vpc --address {address.public_ip}"
        ),
    )


def dry_calls(ec2: EC2Client, decision: Decision) -> list[Callable[[], object]]:
    """The changing call of a release, with EC2's DryRun flag; none when the address is gone."""
    found = addresses_by_name(ec2, [decision.resource_id]).values()
    return [partial(_release, ec2, address, decision.region, dry_run=True) for address in found]


def _release(ec2: EC2Client, address: Address, region: str, *, dry_run: bool = False) -> None:
    # An address of a Local Zone is found only when its border group is named.
    if address.border_group and address.border_group != region:
        ec2.release_address(AllocationId=address.allocation_id, NetworkBorderGroup=address.border_group, DryRun=dry_run)
    else:
        ec2.release_address(AllocationId=address.allocation_id, DryRun=dry_run)
