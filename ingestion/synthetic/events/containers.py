"""Split costs of containers: pods on a node that is paid on demand, tasks on a host that a savings plan pays for.

Their lines divide the cost of a machine for allocation. They have no cost of their own: the machine's line has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal

from ingestion.synthetic.accounts import PLATFORM, PLATFORM_TEAM, SHARED, Account, Tags
from ingestion.synthetic.events.instances import Instance, instance_meter
from ingestion.synthetic.events.model import ONE, ZERO, Event, Meter, Paid, Split, Use, ten_decimals
from ingestion.synthetic.events.plans import HOST, HOST_RATE, shared_plan
from ingestion.synthetic.events.scene import Scene, arn
from ingestion.synthetic.periods import is_working_hour
from ingestion.synthetic.regions import VIRGINIA

_EKS = ("AmazonEKS", "Amazon Elastic Container Service for Kubernetes")
_ECS = ("AmazonECS", "Amazon Elastic Container Service")

_NODE = Instance("shared-node", SHARED, VIRGINIA, "m7g.xlarge", PLATFORM_TEAM)
_PODS = (("shop", "cart-7d9f", "1.5", "1.2"), ("shop", "search-5c4b", "1", "1.4"), ("batch", "report-66c8", "0.5", "0"))

# Task, vCPUs and GiB that it reserves. The host has more of both.
_TASKS = (("checkout", Decimal(2), Decimal(4)), ("mailer", Decimal(1), Decimal(8)))
_HOST_VCPUS, _HOST_GIB = Decimal(4), Decimal(16)
# AWS values a vCPU-hour at nine GiB-hours.
_WEIGHTS = {"vCPU": Decimal(9), "GB": ONE}


def container_events(scene: Scene) -> Iterator[Event]:
    """The hours of the node and of its pods, and of the tasks; their host's hours are among those of its plan."""
    yield from _cluster(scene)
    yield from _tasks(scene)


def _late(scene: Scene) -> Tags:
    """The tag `project` was activated in the second month; AWS does not write it into bills of before."""
    return PLATFORM_TEAM if scene.period.first == scene.started else replace(PLATFORM_TEAM, project="atlas")


def _cluster(scene: Scene) -> Iterator[Event]:
    """A node of a Kubernetes cluster, and the parts of its hours that its pods had: they sum to the node's cost."""
    node = instance_meter(replace(_NODE, tags=_late(scene)), scene)
    pods = [(_pod_meter(scene, space, name), Decimal(asked), Decimal(took)) for space, name, asked, took in _PODS]
    needed = [max(asked, took) for _, asked, took in pods]
    vcpus = Decimal(4)
    for hour in scene.period.hours:
        yield Use(node, hour, ONE, node.price, node.price, Paid.ON_DEMAND)
        spare = node.price
        for at, ((meter, asked, took), part) in enumerate(zip(pods, needed, strict=True)):
            split = ten_decimals(node.price * part / vcpus)
            unused = ten_decimals(node.price * (vcpus - sum(needed)) / vcpus * part / sum(needed))
            if at == len(pods) - 1:
                # The last pod has what rounding leaves, so that the parts are the whole.
                unused = spare - split
            spare -= split + unused
            ratio = ten_decimals(part / vcpus)
            yield Split(meter, hour, asked, node.resource_id, took, ratio, split, unused, split, unused)


def _pod_meter(scene: Scene, space: str, name: str) -> Meter:
    place = arn("eks", VIRGINIA, SHARED, f"pod/platform/{space}/{name}/{scene.uuid(name)}")
    return _part_meter(SHARED, _EKS, "USE1-EKS-EC2-vCPU-Hours", "EKSPod-EC2", "pod", place, _late(scene))


def _part_meter(
    account: Account, service: tuple[str, str], usage: str, operation: str, what: str, place: str, tags: Tags
) -> Meter:
    unit = usage.removeprefix("USE1-").partition("EC2-")[2]
    return Meter(
        *(account, VIRGINIA, *service, usage, operation, unit, f"Split cost of a {what}"),
        price=ZERO,
        resource_id=place,
        tags=tags,
    )


def _tasks(scene: Scene) -> Iterator[Event]:
    """Tasks that run by day: then they have all of their host's hour between them, at night it is nobody's."""
    host, plan = instance_meter(HOST, scene), shared_plan(scene)
    whole = _WEIGHTS["vCPU"] * _HOST_VCPUS + _WEIGHTS["GB"] * _HOST_GIB
    parts: list[Split] = []
    first = scene.period.hours[0]
    for unit, has, needs in (
        ("vCPU", _HOST_VCPUS, [vcpus for _, vcpus, _ in _TASKS]),
        ("GB", _HOST_GIB, [gib for *_, gib in _TASKS]),
    ):
        for (name, *_), need in zip(_TASKS, needs, strict=True):
            place = arn("ecs", VIRGINIA, PLATFORM, f"task/platform/{scene.hex(f'task {name}', 32)}")
            meter = _part_meter(PLATFORM, _ECS, f"USE1-ECS-EC2-{unit}-Hours", "ECSTask-EC2", "task", place, HOST.tags)
            spare = (has - sum(needs)) * need / sum(needs)
            split, unused, public_split, public_unused = (
                (rate * amount * _WEIGHTS[unit] / whole).quantize(Decimal("0.0000000001"), ROUND_DOWN)
                for rate in (HOST_RATE, host.price)
                for amount in (need, spare)
            )
            facts = host.resource_id, need / 2, need / has
            parts.append(Split(meter, first, need, *facts, split, unused, public_split, public_unused, plan))
    for hour in scene.period.hours:
        if is_working_hour(hour.start):
            yield from (part._replace(span=hour) for part in parts)
