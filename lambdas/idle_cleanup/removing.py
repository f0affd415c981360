"""Deletes a gateway or a load balancer, or stops a database: looks again, one call, and what was before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from lake.accounts import Accounts, code_of
from lambdas.idle_cleanup import look_others
from lambdas.idle_cleanup.decide import why_not_now
from lambdas.idle_cleanup.others import BALANCER, DATABASE, GATEWAY, Balancer, Database, Gateway, Other
from lambdas.runtime.model import Decision, Outcome, Status, Ticket

KINDS = (GATEWAY, BALANCER, DATABASE)
# What AWS says when it is gone already, and when somebody came between.
_GONE = ("NatGatewayNotFound", "LoadBalancerNotFound", "DBInstanceNotFound", "DBInstanceNotFoundFault")
_MEANWHILE = ("OperationNotPermitted", "ResourceInUse", "InvalidDBInstanceState", "InvalidDBInstanceStateFault")


def remove(accounts: Accounts, decision: Decision, ticket: Ticket) -> Outcome:
    """Do what was decided if nothing speaks against it still. Raises botocore errors and UnreachableError."""
    from botocore.exceptions import ClientError

    client = client_of(accounts, decision)
    name = decision.resource_id
    facts = look_others.find(client, decision.kind, [name], ticket.now).get(name)
    obstacle = why_not_now(facts, decision, ticket) if facts else "not found any more"
    if facts is None or obstacle:
        return Outcome(Status.LEFT_ALONE, decision, obstacle)
    done, undo = decision.verb.past, _undo(facts, decision)
    outcome = Outcome(Status.DONE, decision, done, before=asdict(facts), after={"state": done}, undo=undo)
    ticket.intend(outcome)
    try:
        _call(client, facts)()
    except ClientError as error:
        if code_of(error) in _MEANWHILE:
            return Outcome(Status.LEFT_ALONE, decision, f"changed meanwhile: {code_of(error)}")
        if code_of(error) not in _GONE:
            raise
    return outcome


def client_of(accounts: Accounts, decision: Decision) -> Callable[[str], Any]:
    """Clients of the account and region of a decision, by service."""
    return lambda service: accounts.client(service, decision.account, decision.region)


def _call(client: Callable[[str], Any], facts: Other) -> Callable[[], object]:
    if isinstance(facts, Gateway):
        return lambda: client("ec2").delete_nat_gateway(NatGatewayId=facts.gateway_id)
    if isinstance(facts, Balancer):
        return lambda: client("elbv2").delete_load_balancer(LoadBalancerArn=facts.arn)
    return lambda: client("rds").stop_db_instance(DBInstanceIdentifier=facts.name)


def dry_calls(client: Callable[[str], Any], decision: Decision) -> list[Callable[[], object]]:
    """The changing call with EC2's DryRun flag; none for the services that have no such flag."""
    if decision.kind != GATEWAY:
        return []
    return [lambda: client("ec2").delete_nat_gateway(NatGatewayId=decision.resource_id, DryRun=True)]


def _undo(facts: Other, decision: Decision) -> str:
    if isinstance(facts, Database):
        return f"aws rds start-db-instance --region {decision.region} --db-instance-identifier {facts.name}"
    if isinstance(facts, Balancer):
        return f"None: the name {facts.dns_name} is lost, and that was approved. What it was is listed under before."
    of = f"--subnet-id {facts.subnet} --connectivity-type {facts.connectivity}"
    address = f" --allocation-id {facts.allocations[0]}" if facts.allocations else ""
    return f"aws ec2 create-nat-gateway --region {decision.region} {of}{address}; it has another id then."
