"""A published `idle_resources` mart and its verdict, with defaults; a test states only what matters."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from lake import verdicts, zones
from lake.store import LocalStore, Store
from lake.verdicts import Verdict
from lambdas.runtime.model import Finding

OWN = "123456789012"
OTHER = "222222222222"
REGION = "eu-west-1"
NOW = datetime.now(UTC)
GONE_VOLUME = "vol-0000000000000dead"

SCHEMA = pa.schema(
    [
        ("finding_id", pa.string()),
        ("billing_period", pa.string()),
        ("is_latest_period", pa.bool_()),
        ("billing_account_id", pa.string()),
        ("sub_account_id", pa.string()),
        ("region_id", pa.string()),
        ("resource_id", pa.string()),
        ("rule_id", pa.string()),
        ("last_seen_on", pa.date32()),
        ("billing_currency", pa.string()),
        ("monthly_cost", pa.decimal128(38, 10)),
        ("is_actionable", pa.bool_()),
        ("action", pa.string()),
    ]
)


def row(resource_id: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "finding_id": hashlib.md5(f"{resource_id}{changes.get('rule_id')}".encode()).hexdigest(),
        "billing_period": f"{NOW:%Y-%m}",
        "is_latest_period": True,
        "billing_account_id": OWN,
        "sub_account_id": OWN,
        "region_id": REGION,
        "resource_id": resource_id,
        "rule_id": "ebs_volume",
        "last_seen_on": NOW.date(),
        "billing_currency": "USD",
        "monthly_cost": Decimal("8.0000000000"),
        "is_actionable": True,
        "action": "idle_cleanup",
    }
    return {**usual, **changes}


def address_row(resource_id: str, **changes: Any) -> dict[str, Any]:
    usual = {"rule_id": "public_ipv4_address", "monthly_cost": Decimal("3.65")}
    return row(resource_id, **{**usual, **changes})


def finding(resource_id: str = "vol-0123456789abcdef0", **changes: Any) -> Finding:
    kind = "volume" if resource_id.startswith("vol-") else "address"
    usual = Finding("plan-1", "ebs_volume", kind, resource_id, OWN, REGION, Decimal(8), "USD")
    return replace(usual, **changes)


def publish(store: Store, rows: Sequence[dict[str, Any]]) -> str:
    """Publish the mart and return its version."""
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(list(rows), schema=SCHEMA), sink)
    store.write(zones.published_mart("idle_resources"), sink.getvalue())
    return hashlib.sha256(sink.getvalue()).hexdigest()


def verdict(version: str, **changes: Any) -> Verdict:
    usual = Verdict(
        mart="idle_resources",
        run_id="run-of-validation",
        passed=True,
        version=version,
        row_count=1,
        evaluated=12,
        critical_failures=(),
        warning_failures=(),
        errors=(),
        data_through=NOW.date().isoformat(),
        validated_at=NOW.isoformat(),
        expires_at=(NOW + timedelta(hours=26)).isoformat(),
        suite_version="1",
    )
    return replace(usual, **changes)


def green_lake(root: Path, rows: Sequence[dict[str, Any]]) -> LocalStore:
    """A lake whose mart has these rows and a fresh, green verdict."""
    store = LocalStore(root)
    make_green(store, rows)
    return store


def make_green(store: Store, rows: Sequence[dict[str, Any]]) -> None:
    """Publish the mart with these rows, and a fresh, green verdict on it."""
    told = verdict(publish(store, rows))
    store.delete(told.key())
    verdicts.record(store, told)
