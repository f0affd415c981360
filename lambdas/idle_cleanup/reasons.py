"""Why any resource is left alone, whatever its kind. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from lambdas.runtime.model import Request
from lambdas.runtime.protection import is_protection

STACK = "aws:cloudformation:stack-name"
# Kubernetes keeps detached volumes for pods that come back; the cluster, not we, knows when they are done with.
KUBERNETES = (
    *("ebs.csi.aws.com/", "kubernetes.io/", "kubernetescluster", "csivolumename"),
    *("elbv2.k8s.aws/", "service.k8s.aws/", "ingress.k8s.aws/"),
)

Tags = tuple[tuple[str, str], ...]


def against_tags(tags: Tags) -> Iterator[str]:
    """Who keeps a resource, by its tags."""
    for key, value in tags:
        plain = key.lower()
        if is_protection(key, value):
            yield f"protected by tag {key}={value}"
        if plain.startswith(KUBERNETES):
            yield f"managed by Kubernetes (tag {key})"
        if plain == STACK:
            yield f"belongs to the CloudFormation stack {value}"


def too_young(created_at: datetime | None, request: Request, now: datetime) -> Iterator[str]:
    """Whether it was made too short ago to say that nobody needs it."""
    if created_at is None:
        yield "live state unknown: no creation time"
    elif now - created_at < request.min_age:
        yield f"created {_ago((now - created_at).days)}, younger than {request.min_age.days} days"


def _ago(days: int) -> str:
    return "today" if days < 1 else "yesterday" if days == 1 else f"{days} days ago"
