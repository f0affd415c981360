"""What all kinds of resources have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ingestion.collecting.model import Row
from ingestion.collecting.rows import tags_of, text

GROUP_TAG = "aws:autoscaling:groupName"


def resource(
    kind: str,
    resource_id: str,
    tags: Sequence[Mapping[str, Any]] | None,
    told: Mapping[str, Any],
    attributes: Mapping[str, str],
    **columns: Any,
) -> Row:
    """A row of the inventory. `attributes` names what is kept of AWS's answer `told`, under which name."""
    known = tags_of(tags)
    kept = {name: text(told[theirs]) for name, theirs in attributes.items() if told.get(theirs) not in (None, "", [])}
    return {
        "resource_type": kind,
        "resource_id": resource_id,
        "resource_name": known.get("Name"),
        "tags": known,
        "attributes": kept,
        **columns,
    }


def managed_by(told: Mapping[str, Any]) -> str | None:
    """The AWS service that operates a resource of EC2."""
    operator = told.get("Operator") or {}
    return (operator.get("Principal") or "an AWS service") if operator.get("Managed") else None
