"""What a rule finds: which resource, why, since when, how sure, and what stands against touching it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboards.live.facts import Known, Resource, key_of

HIGH, MEDIUM, LOW = "high", "medium", "low"
PROTECTED_TAG = "finops:protect"
# Tags by which others own a resource: to delete it behind their back breaks what they believe.
OWNERS = {
    "aws:autoscaling:groupName": "an Auto Scaling group",
    "aws:cloudformation:stack-name": "a CloudFormation stack",
    "aws:backup:source-resource": "AWS Backup",
    "aws:elasticmapreduce:job-flow-id": "an EMR cluster",
    "elasticbeanstalk:environment-id": "Elastic Beanstalk",
    "elbv2.k8s.aws/cluster": "Kubernetes",
    "ebs.csi.aws.com/cluster": "Kubernetes",
    "kubernetes.io/created-for/pvc/name": "Kubernetes",
}
OWNER_PREFIXES = {"kubernetes.io/cluster/": "Kubernetes", "aws:dlm:": "Data Lifecycle Manager"}


@dataclass(frozen=True)
class Finding:
    """One resource and one rule. `since` is the first day on which it is known to be so: it may have begun before."""

    resource: Resource
    rule_id: str
    reason: str
    evidence: str
    confidence: str
    since: date | None = None

    @property
    def blockers(self) -> tuple[str, ...]:
        """What stands against touching it."""
        return blockers_of(self.resource)


def blockers_of(resource: Resource) -> tuple[str, ...]:
    """Who owns or protects a resource."""
    tags: Mapping[str, str] = resource.get("tags") or {}
    found = [owner for tag, owner in OWNERS.items() if tag in tags]
    found += [owner for prefix, owner in OWNER_PREFIXES.items() if any(tag.startswith(prefix) for tag in tags)]
    if resource.get("managed_by"):
        found.append(str(resource["managed_by"]))
    if PROTECTED_TAG in tags:
        found.append(f"the tag {PROTECTED_TAG}")
    return tuple(dict.fromkeys(found))


def since_when(known: Known, resource: Resource, is_so: Any) -> date | None:
    """The first of the last unbroken inventory days on which `is_so(state, use_count)` held."""
    since = None
    for on, state, use_count in known.seen.get(key_of(resource), ()):
        since = (since or on) if is_so(state, use_count) else None
    return since


def days_since(since: date | datetime | None, today: date) -> int:
    """Whole days, nought where it is not known."""
    if since is None:
        return 0
    return (today - (since.date() if isinstance(since, datetime) else since)).days
