"""The action `rightsizing` as the loop sees it: instances in their window, and volumes of gp2."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from lake.accounts import Accounts, code_of, in_words
from lambdas.rightsizing import candidates, decide, look, resize
from lambdas.rightsizing.decide import RESIZING, Disk, Facts, Server
from lambdas.runtime.action import Action
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb

# A volume takes four changes a day, and one after the other.
_LATER = ("IncorrectModificationState", "VolumeModificationRateExceeded", "VolumeModificationSizeLimitExceeded")


class Rightsizing(Action[Facts]):
    """Gives instances the type proposed, in their window, and makes gp3 of gp2."""

    name = candidates.ACTION
    mart = candidates.MART
    columns = candidates.COLUMNS

    def __init__(self) -> None:
        self._targets: dict[tuple[str, str, str], str] = {}

    def candidates(self, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """The findings among the rows of `rightsizing_recommendations`."""
        found = candidates.candidates(rows)
        self._targets.update({(f.account, f.region, f.resource_id): candidates.target(f) for f in found})
        return found

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Facts | Gone | Unknown]:
        """What EC2 says of them now."""
        return look.look(findings, accounts)

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Facts | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """One decision per finding."""
        return decide.decide(findings, live, now)

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Ask EC2 by its DryRun flag, for each call that would be made."""
        from botocore.exceptions import ClientError

        ec2: Any = accounts.ec2(decision.account, decision.region)
        for call in decision.calls:
            try:
                self._dry(ec2, call.partition(" ")[0], decision)
            except ClientError as error:
                if code_of(error) != "DryRunOperation":
                    return Outcome(Status.REFUSED, decision, f"{error.operation_name}: {in_words(error)}")
        return Outcome(Status.WOULD_ACT, decision, f"{decision.reason}; AWS would allow it")

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Look again, then change it. Raises botocore errors and UnreachableError."""
        ec2: Any = accounts.ec2(decision.account, decision.region)
        if decision.verb is Verb.CONVERT:
            return _convert(ec2, decision, ticket)
        wanted = self._wanted(decision)
        server = look.servers(ec2, {decision.resource_id: wanted}).get(decision.resource_id)
        if server is None:
            return Outcome(Status.LEFT_ALONE, decision, "not found any more")
        if decision.verb is Verb.START:
            return _repair(ec2, decision, server, ticket)
        obstacle = decide.why_not(server, ticket.now)
        if obstacle:
            return Outcome(Status.LEFT_ALONE, decision, obstacle)
        return resize.resize(ec2, decision, server, wanted, ticket)

    def is_done(self, verb: Verb, after: Mapping[str, Any], facts: Facts) -> bool:
        """Whether it has the type that it was to have."""
        return decide.is_done(after, facts)

    def _wanted(self, decision: Decision) -> str:
        return self._targets[decision.account, decision.region, decision.resource_id]

    def _dry(self, ec2: Any, call: str, decision: Decision) -> None:
        name = decision.resource_id
        if call == "ec2:ModifyVolume":
            ec2.modify_volume(VolumeId=name, VolumeType="gp3", DryRun=True)
        elif call == "ec2:ModifyInstanceAttribute":
            ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": self._wanted(decision)}, DryRun=True)
        elif call == "ec2:StopInstances":
            ec2.stop_instances(InstanceIds=[name], DryRun=True)
        else:
            ec2.start_instances(InstanceIds=[name], DryRun=True)


def _repair(ec2: Any, decision: Decision, server: Server, ticket: Ticket) -> Outcome:
    old, _, state = server.tags.get(RESIZING, "").partition(" ")
    if not old or not state:
        return Outcome(Status.LEFT_ALONE, decision, "mended meanwhile")
    return resize.mend(ec2, decision, server, old, ticket)


def _convert(ec2: Any, decision: Decision, ticket: Ticket) -> Outcome:
    from botocore.exceptions import ClientError

    disk: Disk | None = look.disks(ec2, [decision.resource_id]).get(decision.resource_id)
    obstacle = decide.why_not(disk, ticket.now) if disk else "not found any more"
    if disk is None or obstacle:
        return Outcome(Status.LEFT_ALONE, decision, obstacle)
    after = {"volume_type": "gp3", "iops": disk.iops, "throughput": disk.throughput, "state": "modifying"}
    undo = f"aws ec2 modify-volume --region {decision.region} --volume-id {disk.volume_id} --volume-type gp2"
    before = {"volume_type": "gp2", "size": disk.size}
    outcome = Outcome(Status.DONE, decision, f"gp2 becomes gp3 with {disk.iops} IOPS", before, after, undo)
    ticket.intend(outcome)
    try:
        told = ec2.modify_volume(VolumeId=disk.volume_id, VolumeType="gp3", Iops=disk.iops, Throughput=disk.throughput)[
            "VolumeModification"
        ]
    except ClientError as error:
        if code_of(error) in _LATER:
            return Outcome(Status.WAITING, decision, f"{in_words(error)}; the next run tries again")
        raise
    return replace(outcome, after={**after, "state": told["ModificationState"]})
