"""Gateways, load balancers and databases: what the account says of them, and why they stay. Pure.

A gateway can be made again on the same address, and a database started: both can be undone. The name of a load balancer
is lost for ever, so that needs a person's word.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from lambdas.idle_cleanup.reasons import Tags, against_tags, too_young
from lambdas.runtime.model import Decision, Finding, Request, Verb

GATEWAY = "nat gateway"
BALANCER = "load balancer"
DATABASE = "database"
# As the mart's rule has it: not one connection on each of seven days, and nearly all hours of them told.
QUIET_DAYS = 7
MIN_COVERAGE = 0.9
SCHEDULE = "schedule"


@dataclass(frozen=True)
class Gateway:
    """A NAT gateway as the account describes it now; `routed_by` are the route tables that send traffic to it."""

    gateway_id: str
    state: str
    created_at: datetime | None
    routed_by: tuple[str, ...]
    tags: Tags = ()
    subnet: str = ""
    allocations: tuple[str, ...] = ()
    connectivity: str = "public"
    availability: str = "zonal"


@dataclass(frozen=True)
class Balancer:
    """An Application or Network Load Balancer. `targets` counts what is registered in all of its groups.

    `answers_by` are kinds of actions of its listeners other than sending on, `serves` the endpoint services on it.
    """

    arn: str
    name: str
    type: str
    state: str
    created_at: datetime | None
    targets: int
    tags: Tags = ()
    dns_name: str = ""
    answers_by: tuple[str, ...] = ()
    serves: tuple[str, ...] = ()
    is_kept: bool = False


@dataclass(frozen=True)
class Database:
    """An RDS instance. `connections` is the most at once in the quiet days, None when too few hours are told."""

    name: str
    arn: str
    state: str
    created_at: datetime | None
    connections: float | None
    tags: Tags = ()
    engine: str = ""
    cluster: str = ""
    replicates: tuple[str, ...] = ()
    is_multi_zone: bool = False


Other = Gateway | Balancer | Database


def kind_of(facts: Other) -> str:
    """The kind of a finding that these facts belong to."""
    return GATEWAY if isinstance(facts, Gateway) else BALANCER if isinstance(facts, Balancer) else DATABASE


def rests_on(facts: Other) -> tuple[str, ...]:
    """What must still be so when it is done."""
    if isinstance(facts, Gateway):
        return (f"created {facts.created_at}", *facts.allocations)
    if isinstance(facts, Balancer):
        return (f"created {facts.created_at}", facts.arn)
    return (f"created {facts.created_at}", facts.engine)


def against(facts: Other, request: Request, now: datetime) -> Iterator[str]:
    """The reasons to leave it alone."""
    if isinstance(facts, Gateway):
        yield from _against_gateway(facts)
    elif isinstance(facts, Balancer):
        yield from _against_balancer(facts)
    else:
        yield from _against_database(facts)
    yield from against_tags(facts.tags)
    yield from too_young(facts.created_at, request, now)


def goes(finding: Finding, facts: Other) -> Decision:
    """What is to be done to it."""
    rests = rests_on(facts)
    if isinstance(facts, Gateway):
        reason = "no route table sends anything to it; its address stays and is billed on"
        calls = (f"ec2:DeleteNatGateway {facts.gateway_id}",)
        return Decision.on(finding, Verb.DELETE, reason, calls, rests_on=rests)
    if isinstance(facts, Database):
        reason = f"not one connection in {QUIET_DAYS} days; it is stopped, and AWS starts it again after seven days"
        calls = (f"rds:StopDBInstance {facts.name}",)
        return Decision.on(finding, Verb.STOP, reason, calls, rests_on=rests, target=facts.arn)
    reason = f"it sends traffic to nothing; its name {facts.dns_name} is lost for ever, so it needs `finops approve`"
    calls = (f"elasticloadbalancing:DeleteLoadBalancer {facts.name}",)
    return Decision.on(finding, Verb.NEEDS_APPROVAL, reason, calls, rests_on=rests, asks_for=Verb.DELETE)


def _against_gateway(gateway: Gateway) -> Iterator[str]:
    if gateway.routed_by:
        yield "routed to by " + ", ".join(gateway.routed_by)
    if gateway.state != "available":
        yield f"its state is {gateway.state or 'unknown'}, not available"
    if gateway.availability != "zonal":
        yield f"its availability is {gateway.availability}: AWS made its addresses and would give them back"


def _against_balancer(balancer: Balancer) -> Iterator[str]:
    if balancer.type not in ("application", "network"):
        yield f"its type is {balancer.type or 'unknown'}, which this action leaves to its owner"
    if balancer.state != "active":
        yield f"its state is {balancer.state or 'unknown'}, not active"
    if balancer.targets:
        yield f"{balancer.targets} targets are registered with it"
    if balancer.answers_by:
        yield f"it answers by itself ({', '.join(balancer.answers_by)})"
    if balancer.serves:
        yield "the endpoint service " + ", ".join(balancer.serves) + " rests on it"
    if balancer.is_kept:
        yield "its deletion protection is on"


def _against_database(database: Database) -> Iterator[str]:
    if database.cluster:
        yield f"of the cluster {database.cluster}, which is stopped as a whole"
    if database.state != "available":
        yield f"its state is {database.state or 'unknown'}, not available"
    if database.replicates:
        yield "it replicates with " + ", ".join(database.replicates)
    if database.engine.startswith("sqlserver") and database.is_multi_zone:
        yield "SQL Server in several zones cannot be stopped"
    if any(key.lower() == SCHEDULE for key, _ in database.tags):
        yield "its schedule starts and stops it"
    if database.connections is None:
        yield f"live state unknown: its connections of {QUIET_DAYS} days are not known"
    elif database.connections > 0:
        yield f"up to {database.connections:g} connections in the last {QUIET_DAYS} days"
