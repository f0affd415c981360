"""Changes the type of one instance: stop, change, start, check. On any failure the old type comes back.

An instance that was found running never ends stopped: a tag tells what it was, so that the next run brings back one
that a killed run left.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lake.accounts import code_of, in_words
from lambdas.rightsizing.decide import RESIZING, Server
from lambdas.rightsizing.look import is_well, state_of, type_of
from lambdas.runtime.model import Decision, Outcome, Status, Ticket, Verb

# Seconds that the whole change may take; with less time left it does not begin.
NEEDS = 600.0


def resize(ec2: Any, decision: Decision, server: Server, wanted: str, ticket: Ticket) -> Outcome:
    """Change the type of an instance that was looked at a moment ago. Raises botocore errors before it is stopped."""
    name, old, was_running = decision.resource_id, str(server.told["InstanceType"]), server.state == "running"
    if not was_running:
        outcome = _done(decision, old, wanted, "stopped, as it was")
        ticket.intend(outcome)
        ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": wanted})
        return outcome
    ends_at = ticket.patience.ends_at
    if ends_at is not None and ends_at - ticket.patience.clock() < NEEDS:
        return Outcome(Status.WAITING, decision, "too little time is left in this run; the next one does it")
    refusal = _refusal(ec2, name, old)
    if refusal:
        return Outcome(Status.FAILED, decision, f"it would not come back: {refusal}; it was not stopped")
    ec2.create_tags(Resources=[name], Tags=[{"Key": RESIZING, "Value": f"{old} running"}])
    failed = _change(ec2, name, wanted, ticket)
    if not failed:
        outcome = _done(decision, old, wanted, "running, both checks passed")
        # As long as that tag is there the next run brings the old type back.
        ticket.intend(outcome)
        ec2.delete_tags(Resources=[name], Tags=[{"Key": RESIZING}])
        return outcome
    return bring_back(ec2, decision, old, ticket, failed)


def mend(ec2: Any, decision: Decision, server: Server, old: str, ticket: Ticket) -> Outcome:
    """End what a run began that was cut off: on the new type where it runs well on that, else on the old one."""
    name, now = decision.resource_id, str(server.told["InstanceType"])
    if now == old or server.state not in ("running", "pending"):
        return bring_back(ec2, decision, old, ticket, "a run that changed it was cut off")
    if not any(is_well(ec2, name) for _ in ticket.patience.rounds()):
        why = f"a run that changed it was cut off; it runs as {now} and its checks are not passed"
        return Outcome(Status.FAILED, decision, f"{why}; it was {old}")
    outcome = _done(replace(decision, verb=Verb.RESIZE), old, now, "running, both checks passed")
    ticket.intend(outcome)
    ec2.delete_tags(Resources=[name], Tags=[{"Key": RESIZING}])
    return outcome


def bring_back(ec2: Any, decision: Decision, old: str, ticket: Ticket, why: str) -> Outcome:
    """Start an instance on its old type again, whatever state it is in; a failure in any case, for a person to see."""
    name, problem = decision.resource_id, ""
    for _ in ticket.patience.rounds():
        try:
            state = state_of(ec2, name)
            if state == "running":
                break
            if state == "stopped":
                problem = _old_type(ec2, name, old)
                ec2.start_instances(InstanceIds=[name])
        except Exception as error:  # Tried again as long as there is time: it must not stay stopped.
            problem = f" ({in_words(error)})"
    state = _last_state(ec2, name)
    if state not in ("running", "pending"):
        return Outcome(Status.FAILED, decision, f"{why}; it is {state or 'not seen'} and must be started{problem}")
    ec2.delete_tags(Resources=[name], Tags=[{"Key": RESIZING}])
    return Outcome(Status.FAILED, decision, f"{why}; it runs again")


def _refusal(ec2: Any, name: str, old: str) -> str:
    """What AWS refuses of the way back, asked by its DryRun flag before anything is stopped; or empty."""
    from botocore.exceptions import ClientError

    asked: tuple[Callable[[], object], ...] = (
        lambda: ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": old}, DryRun=True),
        lambda: ec2.start_instances(InstanceIds=[name], DryRun=True),
    )
    for ask in asked:
        try:
            ask()
        except ClientError as error:
            if code_of(error) != "DryRunOperation":
                return f"{error.operation_name}: {in_words(error)}"
    return ""


def _old_type(ec2: Any, name: str, old: str) -> str:
    """Set the old type again where it is another; why it could not be, or empty. On whichever type: it must run."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if type_of(ec2, name) != old:
            ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": old})
    except (BotoCoreError, ClientError) as error:
        return f" ({in_words(error)})"
    return ""


def _change(ec2: Any, name: str, wanted: str, ticket: Ticket) -> str:
    """Why the change did not come about, or empty once the instance is well on its new type."""
    try:
        ec2.stop_instances(InstanceIds=[name])
        if not _wait(ec2, name, "stopped", ticket):
            return "it did not stop in time"
        ec2.modify_instance_attribute(InstanceId=name, InstanceType={"Value": wanted})
        ec2.start_instances(InstanceIds=[name])
        if not _wait(ec2, name, "running", ticket):
            return f"it did not start as {wanted}"
        for _ in ticket.patience.rounds():
            if is_well(ec2, name):
                return ""
        why = f"its checks were not passed as {wanted}"
    except Exception as error:  # No room, a type that it cannot run on, a right that is missing: all end the same way.
        why = in_words(error)
    _stop_if(ec2, name, wanted, ticket)
    return why


def _stop_if(ec2: Any, name: str, wanted: str, ticket: Ticket) -> None:
    """Stop it where it came up on the new type: how well it runs on that nobody knows."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if type_of(ec2, name) == wanted and state_of(ec2, name) != "stopped":
            ec2.stop_instances(InstanceIds=[name])
            _wait(ec2, name, "stopped", ticket)
    except (BotoCoreError, ClientError):
        return


def _wait(ec2: Any, name: str, state: str, ticket: Ticket) -> bool:
    return any(state_of(ec2, name) == state for _ in ticket.patience.rounds())


def _last_state(ec2: Any, name: str) -> str:
    try:
        return state_of(ec2, name)
    except Exception:  # What cannot be seen is told as that.
        return ""


def _done(decision: Decision, old: str, wanted: str, how: str) -> Outcome:
    undo = (
        f"Stop it, then aws ec2 modify-instance-attribute --region {decision.region} "
        f"--instance-id {decision.resource_id} --instance-type Value={old}, then start it."
    )
    before, after = {"instance_type": old}, {"instance_type": wanted, "state": how}
    return Outcome(Status.DONE, decision, f"{old} became {wanted}; {how}", before, after, undo)
