"""Facts with defaults: a test states only what matters."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dashboards.live.facts import Day, Known, key_of
from lake.collected.days import Answer, Asked

TODAY = date(2026, 11, 26)
OWN, REGION = "123456789012", "eu-west-1"


def ago(days: int) -> datetime:
    return datetime(2026, 11, 26, 6) - timedelta(days=days)  # noqa: DTZ001 - UTC, as the lake has it


def resource(kind: str, **told: Any) -> dict[str, Any]:
    usual: dict[str, Any] = dict.fromkeys(
        (
            *("state", "state_changed_at", "type", "created_at", "lifecycle", "group_name", "managed_by", "source_id"),
            *("used_by", "use_count", "healthy_count", "resource_name", "size_gb", "platform"),
        )
    )
    place = {"account_id": OWN, "region_id": REGION, "resource_type": kind, "resource_id": "it"}
    return {**usual, **place, "tags": {}, "attributes": {}, "collected_at": ago(0), **told}


def days(count: int, *, coverage: float = 1.0, until: int = 1, **told: float) -> dict[date, Day]:
    """So many days until yesterday, all alike."""
    usual = dict.fromkeys(("average", "minimum", "maximum", "p99_5", "total"))
    day = Day(**{**usual, **told}, coverage=coverage)  # type: ignore[arg-type]
    return {TODAY - timedelta(days=number): day for number in range(until, until + count)}


def known(
    *resources: dict[str, Any],
    metrics: Mapping[str, Mapping[date, Day]] | None = None,
    seen_for: int = 0,
    types: tuple[dict[str, Any], ...] = (),
    not_asked: tuple[str, ...] = (),
    prices: Mapping[tuple[str, str | None, str | None], str] | None = None,
) -> Known:
    """The facts; metrics are those of the first resource, which was seen as it is for so many days before today."""
    first = resources[0]
    seen = [
        (TODAY - timedelta(days=number), first["state"], first["use_count"]) for number in reversed(range(seen_for + 1))
    ]
    parts = [part for part in ("volume", "image", "snapshot") if part not in not_asked]
    answered = {Asked(part, OWN, REGION): Answer(part, OWN, REGION, "ok", "", 1, "2026-11-26") for part in parts}
    return Known(
        resources=resources,
        seen={key_of(first): seen},
        metrics={key_of(first): metrics or {}},
        types={(REGION, one["instance_type"]): one for one in types},
        answered=answered,
        prices={
            (REGION, *of): {"price": Decimal(price), "billing_currency": "USD"} for of, price in (prices or {}).items()
        },
    )


def instance_type(name: str, vcpus: int, gib: int, **told: Any) -> dict[str, Any]:
    usual = {"is_burstable": False, "has_instance_storage": False, "gpu_count": 0, "hypervisor": "nitro"}
    size = {"vcpu_count": vcpus, "memory_mib": gib * 1024, "network_interface_limit": 3}
    return {"region_id": REGION, "instance_type": name, **size, **usual, **told}
