"""The rules of the reports without a bill and those of the marts have the same numbers."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from dashboards.live import finding, thresholds
from ingestion.sources.metrics import wanted

DBT = Path(__file__).parents[2] / "dbt_project"


def seed(name: str) -> list[dict[str, str]]:
    with (DBT / "seeds" / f"{name}.csv").open() as file:
        return list(csv.DictReader(file))


def variables() -> dict[str, Any]:
    return yaml.safe_load((DBT / "dbt_project.yml").read_text())["vars"]


@pytest.mark.parametrize(
    ("rule", "least", "sure"),
    [
        ("volume_unattached", 0, thresholds.LONG_DAYS),
        ("volume_idle", thresholds.IDLE_VOLUME_DAYS, thresholds.IDLE_VOLUME_DAYS),
        ("volume_of_stopped_instance", thresholds.STOPPED_DAYS, thresholds.STOPPED_DAYS),
        ("address_unassociated", 0, thresholds.IDLE_DAYS),
        ("instance_stopped", 0, thresholds.STOPPED_DAYS),
        ("instance_idle", thresholds.IDLE_DAYS, thresholds.IDLE_DAYS),
        ("nat_gateway_idle", thresholds.IDLE_DAYS, thresholds.LONG_DAYS),
        ("load_balancer_without_targets", 0, thresholds.IDLE_DAYS),
        ("database_idle", thresholds.IDLE_DATABASE_DAYS, thresholds.IDLE_DATABASE_DAYS),
        ("snapshot_of_gone_volume", thresholds.SNAPSHOT_DAYS, thresholds.SNAPSHOT_DAYS),
    ],
)
def test_a_rule_needs_as_many_days_with_a_bill_as_without(rule: str, least: int, sure: int):
    found = {row["rule_id"]: row for row in seed("idle_rules_collected")}[rule]
    assert (int(found["min_days"]), int(found["sure_days"])) == (least, sure)


def test_a_quiet_day_is_as_quiet_with_a_bill_as_without():
    limits: dict[tuple[str, str], set[float]] = defaultdict(set)
    for row in seed("idle_conditions"):
        limits[row["rule_id"], row["condition"]].add(float(row["below"]))
    assert limits == {
        ("volume_idle", "operations"): {1},
        ("instance_idle", "processor"): {thresholds.IDLE_CPU_PCT},
        ("instance_idle", "network"): {thresholds.IDLE_NETWORK_BYTES_PER_DAY},
        ("nat_gateway_idle", "packets"): {1},
        ("database_idle", "connections"): {1},
    }


def test_sizes_are_judged_with_a_bill_as_without():
    known = variables()
    assert known["least_coverage_pct"] == 100 * thresholds.LEAST_COVERAGE
    assert known["rightsizing_room"] == 1 - thresholds.HEADROOM
    assert (known["rightsizing_min_days"], known["rightsizing_look_back_days"]) == (
        thresholds.IDLE_DAYS,
        thresholds.LONG_DAYS,
    )
    assert known["idle_cpu_pct"] == thresholds.IDLE_CPU_PCT
    assert known["idle_network_bytes"] == thresholds.IDLE_NETWORK_BYTES_PER_DAY


def test_the_same_tags_name_an_owner_with_a_bill_as_without():
    told: dict[str, str] = {tag: owner for owner, tags in variables()["resource_owner_tags"].items() for tag in tags}
    assert told == {
        **finding.OWNERS,
        **finding.OWNER_PREFIXES,
        finding.PROTECTED_TAG: f"the tag {finding.PROTECTED_TAG}",
    }


def test_the_peak_is_asked_of_the_volumes_that_the_models_judge_by_it():
    told = variables()
    assert told["gp3_included_iops"] == wanted.GP3_IOPS
    assert told["gp3_included_mibps"] == wanted.GP3_THROUGHPUT
    assert told["gp2_small_volume_gb"] == wanted.SMALL_GP2_GB
