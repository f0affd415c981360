"""What may change its type now, and why the others may not. Pure: findings and live facts in, decisions out.

AWS takes a type that the instance cannot run on and refuses only when it starts. So what a type must have is compared
here, before anything is stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from lambdas.rightsizing.candidates import INSTANCE, target
from lambdas.runtime.model import Decision, Finding, Gone, Unknown, Verb
from lambdas.runtime.protection import is_protection
from lambdas.scheduler.windows import ScheduleError, parse, wanted

WINDOW = "finops:resize-window"
# Somebody has looked into the machine: what Nitro needs is installed.
READY = "finops:nitro-ready"
# On an instance while a run is changing it: its type before, and its state.
RESIZING = "finops:resizing"
_OWNED = {
    "aws:autoscaling:groupname": "of a scaling group, whose launch template tells the type",
    "aws:cloudformation:stack-name": "of a CloudFormation stack, which would set the type back",
    "aws:elasticmapreduce:job-flow-id": "of an EMR cluster",
    "eks:cluster-name": "a node of an EKS cluster",
    "aws:eks:cluster-name": "a node of an EKS cluster",
    "aws:ecs:clustername": "of an ECS cluster",
}
_LICENSED = ("SQL Server", "Red Hat", "RHEL", "SUSE")


@dataclass(frozen=True)
class Server:
    """An instance as EC2 describes it, its type and the one proposed as EC2 describes them, {} for an unknown one."""

    told: Mapping[str, Any]
    now: Mapping[str, Any]
    then: Mapping[str, Any]
    is_offered: bool

    @property
    def state(self) -> str:
        """EC2's word for its state."""
        return str(self.told["State"]["Name"])

    @property
    def tags(self) -> dict[str, str]:
        """Its tags."""
        return {tag["Key"]: tag.get("Value", "") for tag in self.told.get("Tags") or []}


@dataclass(frozen=True)
class Disk:
    """A volume as EC2 describes it; size in GiB."""

    volume_id: str
    kind: str
    state: str
    size: int
    tags: Mapping[str, str] = field(default_factory=dict)
    operator: str = ""
    modifying: str = ""

    @property
    def iops(self) -> int:
        """What gp3 must have so that it is no slower: gp2 has 3 a GiB, at most 16,000, and gp3 begins with 3,000."""
        return max(3000, min(3 * self.size, 16000))

    @property
    def throughput(self) -> int:
        """In MiB/s: gp2 has up to 250 from 170 GiB on, gp3 begins with 125."""
        return 250 if self.size > 170 else 125


Facts = Server | Disk
Live = Mapping[Finding, Facts | Gone | Unknown]


def decide(findings: Sequence[Finding], live: Live, now: datetime) -> list[Decision]:
    """One decision per finding, in the order given; `now` is aware UTC."""
    return [_decide(finding, live.get(finding, Unknown("not looked at")), now) for finding in findings]


def why_not(facts: Facts, now: datetime) -> str:
    """The first reason to leave it as it is, or empty."""
    if isinstance(facts, Disk):
        return next(_against_disk(facts), "")
    for reasons in (_against_server(facts), _misfits(facts.told, facts.now, facts.then), _against_moment(facts, now)):
        for reason in reasons:
            return reason
    return ""


def is_done(after: Mapping[str, Any], facts: Facts) -> bool:
    """Whether a resource is as the ledger would say, or on its way there."""
    if isinstance(facts, Disk):
        return facts.kind == after.get("volume_type") or facts.modifying == "modifying"
    # While its tag is there it is not known to be well.
    return facts.told["InstanceType"] == after.get("instance_type") and RESIZING not in facts.tags


def _decide(finding: Finding, facts: Facts | Gone | Unknown, now: datetime) -> Decision:
    if finding.problem or isinstance(facts, Gone | Unknown):
        why = "not found any more" if isinstance(facts, Gone) else f"live state unknown: {getattr(facts, 'why', '')}"
        return Decision.on(finding, Verb.LEAVE, finding.problem or why)
    if isinstance(facts, Server) and RESIZING in facts.tags:
        reason = f"a run that changed it was cut off; it was {facts.tags[RESIZING]}"
        return Decision.on(finding, Verb.START, reason, (f"ec2:StartInstances {finding.resource_id}",))
    obstacle = why_not(facts, now)
    if obstacle:
        return Decision.on(finding, Verb.LEAVE, obstacle)
    if isinstance(facts, Disk):
        reason = f"gp3 with {facts.iops} IOPS and {facts.throughput} MiB/s does the same for less"
        return Decision.on(finding, Verb.CONVERT, reason, (f"ec2:ModifyVolume {finding.resource_id}",))
    names = ("StopInstances", "ModifyInstanceAttribute", "StartInstances")
    calls = tuple(f"ec2:{name} {finding.resource_id}" for name in (names if facts.state == "running" else names[1:2]))
    return Decision.on(finding, Verb.RESIZE, f"{facts.told['InstanceType']} becomes {target(finding)}", calls)


def _against_disk(disk: Disk) -> Iterator[str]:
    if disk.kind != "gp2":
        yield f"it is {disk.kind or 'of an unknown kind'} now"
    if disk.state not in ("in-use", "available"):
        yield f"its state is {disk.state or 'unknown'}"
    if disk.operator:
        yield f"managed by {disk.operator}"
    if disk.modifying:
        yield f"its last change is {disk.modifying}; the next run looks again"
    yield from _against_tags(disk.tags)


def _against_server(server: Server) -> Iterator[str]:
    told = server.told
    yield from _against_tags(server.tags)
    if told["InstanceType"] == server.then.get("InstanceType"):
        yield f"it is of the type {told['InstanceType']} already"
    if server.state not in ("running", "stopped"):
        yield f"its state is {server.state}"
    if told.get("InstanceLifecycle"):
        yield f"a {told['InstanceLifecycle']} instance"
    if (told.get("Operator") or {}).get("Managed"):
        yield f"managed by {told['Operator'].get('Principal') or 'an AWS service'}"
    if told.get("RootDeviceType") != "ebs":
        yield "its root is on instance store, so it cannot be stopped"
    if told.get("ProductCodes") or told.get("Licenses"):
        yield "its licence may be tied to its type"
    if any(word in str(told.get("PlatformDetails", "")) for word in _LICENSED):
        yield f"{told['PlatformDetails']} is licensed by type"
    if told.get("CapacityReservationId"):
        yield f"it runs in the capacity reservation {told['CapacityReservationId']}"
    if (told.get("Placement") or {}).get("Tenancy", "default") != "default":
        yield f"its tenancy is {told['Placement']['Tenancy']}"


def _against_tags(tags: Mapping[str, str]) -> Iterator[str]:
    for key, value in tags.items():
        if is_protection(key, value):
            yield f"protected by tag {key}={value}"
        if key.lower() in _OWNED:
            yield _OWNED[key.lower()]


def _misfits(told: Mapping[str, Any], now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    """What the instance needs and the proposed type does not have."""
    if not now or not then:
        yield "what its type or the proposed one can do is not known"
        return
    yield from _lacking(told, then)
    if now.get("InstanceStorageSupported"):
        yield "what is on its instance store would be lost"
    if now.get("GpuInfo") and not then.get("GpuInfo"):
        yield "the proposed type has no GPU"
    network, used = then.get("NetworkInfo") or {}, told.get("NetworkInterfaces") or []
    if network.get("EnaSupport") == "required" and not told.get("EnaSupport"):
        yield "the proposed type needs ENA, which is not switched on"
    if len(used) > network.get("MaximumNetworkInterfaces", 0):
        yield f"it has {len(used)} network interfaces, too many for the proposed type"
    if any(len(each.get("PrivateIpAddresses") or []) > network.get("Ipv4AddressesPerInterface", 0) for each in used):
        yield "an interface has more addresses than the proposed type takes"
    if now.get("Hypervisor") == "xen" and then.get("Hypervisor") == "nitro" and READY not in _keys(told):
        yield f"from Xen to Nitro it needs drivers for NVMe; say that they are there by the tag {READY}=true"
    baseline = [
        ((each.get("EbsInfo") or {}).get("EbsOptimizedInfo") or {}).get("BaselineIops", 0) for each in (now, then)
    ]
    if baseline[1] < baseline[0] and now.get("Hypervisor") != then.get("Hypervisor"):
        yield "the proposed type is slower to its volumes"


def _lacking(told: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[str]:
    wanted = (
        (told.get("Architecture"), (then.get("ProcessorInfo") or {}).get("SupportedArchitectures"), "architecture"),
        (told.get("VirtualizationType"), then.get("SupportedVirtualizationTypes"), "virtualization"),
        (told.get("CurrentInstanceBootMode") or told.get("BootMode"), then.get("SupportedBootModes"), "boot mode"),
    )
    for has, takes, what in wanted:
        # AWS says uefi-preferred of an image that starts both ways.
        if has and has != "uefi-preferred" and has not in (takes or [has]):
            yield f"the proposed type does not take its {what} {has}"
    if (told.get("HibernationOptions") or {}).get("Configured") and not then.get("HibernationSupported"):
        yield "the proposed type cannot hibernate"
    if (told.get("EnclaveOptions") or {}).get("Enabled") and then.get("NitroEnclavesSupport") != "supported":
        yield "the proposed type has no enclaves"


def _against_moment(server: Server, now: datetime) -> Iterator[str]:
    if not server.is_offered:
        yield "the proposed type is not offered in its zone"
    window = server.tags.get(WINDOW)
    if window is None:
        yield f"its owner told no window in which it may be changed (tag {WINDOW})"
        return
    if server.state == "stopped":
        return
    try:
        edge = wanted(parse(window), now)
    except ScheduleError as error:
        yield f"its window cannot be read: {error}"
        return
    if edge is None or not edge.running:
        yield f"outside of its window {window!r}"


def _keys(told: Mapping[str, Any]) -> set[str]:
    return {tag["Key"] for tag in told.get("Tags") or [] if tag.get("Value", "").lower() == "true"}


def is_of_instance(finding: Finding) -> bool:
    """Whether a finding is of an instance and not of a volume."""
    return finding.kind == INSTANCE
