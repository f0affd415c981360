"""AWS's descriptions, read in one way by every look."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# EC2 takes at most 200 values per filter.
VALUES = 200


def pages(client: Any, operation: str, key: str, **asked: Any) -> list[Mapping[str, Any]]:
    """What all pages of an answer hold under `key`. Raises botocore errors."""
    return [each for page in client.get_paginator(operation).paginate(**asked) for each in page[key]]


def tag_pairs(told: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[str, str], ...]:
    """Tags as (key, value); none where AWS tells none."""
    return tuple((tag.get("Key", ""), tag.get("Value", "")) for tag in told or ())


def batches(values: Sequence[str], size: int = VALUES) -> Iterator[list[str]]:
    """The values, so many at a time as a call takes."""
    for start in range(0, len(values), size):
        yield list(values[start : start + size])


def instances_by_id(ec2: Any, ids: Sequence[str], size: int = VALUES) -> dict[str, Mapping[str, Any]]:
    """The instances that exist among those asked for, terminated ones too. Raises botocore errors."""
    found = {}
    for batch in batches(ids, size):
        # By filter: a list of ids would fail on one that is gone.
        wanted = [{"Name": "instance-id", "Values": batch}]
        for reservation in pages(ec2, "describe_instances", "Reservations", Filters=wanted):
            found.update({each["InstanceId"]: each for each in reservation["Instances"]})
    return found


def operator_of(told: Mapping[str, Any]) -> str:
    """The AWS service that operates a resource of EC2, or empty."""
    operator = told.get("Operator") or {}
    return (operator.get("Principal") or "an AWS service") if operator.get("Managed") else ""
