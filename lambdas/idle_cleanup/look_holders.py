"""What EC2 says now of instances that hold volumes. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lake.moments import stopped_at
from lambdas.idle_cleanup.holders import Holder
from lambdas.runtime.described import instances_by_id, operator_of, tag_pairs


def find(ec2: Any, places: Mapping[str, tuple[str, str]]) -> dict[str, Holder]:
    """The holder of each volume, by the instance and the device that are told of it. Raises botocore errors."""
    told = instances_by_id(ec2, sorted({instance for instance, _ in places.values()}))
    kept = {name: _is_kept(ec2, name) for name, each in told.items() if _state(each) == "stopped"}
    return {
        volume: _holder(instance, device, told.get(instance, {}), is_kept=kept.get(instance, False))
        for volume, (instance, device) in places.items()
    }


def _is_kept(ec2: Any, name: str) -> bool:
    told = ec2.describe_instance_attribute(InstanceId=name, Attribute="disableApiTermination")
    return bool((told.get("DisableApiTermination") or {}).get("Value"))


def _holder(instance: str, device: str, told: Mapping[str, Any], *, is_kept: bool) -> Holder:
    words, why = told.get("StateTransitionReason") or "", told.get("StateReason") or {}
    return Holder(
        instance_id=instance,
        device=device,
        state=_state(told),
        stopped_at=stopped_at(words),
        why_stopped=f"{words} {why.get('Code') or ''}".strip(),
        tags=tag_pairs(told.get("Tags")),
        lifecycle=told.get("InstanceLifecycle") or "",
        operator=operator_of(told),
        is_kept=is_kept,
    )


def _state(told: Mapping[str, Any]) -> str:
    return str((told.get("State") or {}).get("Name") or "")
