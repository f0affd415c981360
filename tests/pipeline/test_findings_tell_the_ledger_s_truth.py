"""Idle and oversized resources that only accounts show: each planted one is found, and nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from ingestion.synthetic import account_days as planted
from ingestion.synthetic.events.databases import DATABASES, database_arn
from ingestion.synthetic.events.instances import INSTANCES
from ingestion.synthetic.events.model import Use
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.volumes import VOLUMES
from lambdas.scheduler.windows import parse
from tests.pipeline.conftest import NOW, Built, workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

# The company's volumes were seen on these days; metrics are of the four weeks before the last.
SEEN_ON = [NOW.date() - timedelta(days=ago) for ago in (40, 20, 0)]


@pytest.fixture(scope="module")
def collected(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The lake of the ledger, built again once its accounts were asked."""
    from dbt_project.build import build

    lake = tmp_path_factory.mktemp("collected") / "lake"
    shutil.copytree(built.ws.store.uri, lake)
    ws = workspace(lake)
    with ws.store.locked():
        planted.land_days(ws, scene(built), SEEN_ON)
        build(ws)
    yield Built(ws, built.ledger)


def scene(built: Built) -> Scene:
    return Scene(built.ledger.seed, built.ledger.months[0].period, date(2026, 6, 1))


def instance(at: Built, name: str) -> str:
    return next(one.id(scene(at)) for one in INSTANCES if one.name == name)


def volume(at: Built, name: str) -> str:
    return next(one.id(scene(at)) for one in VOLUMES if one.name == name)


def database(name: str) -> str:
    return next(database_arn(one) for one in DATABASES if one.name == name)


def test_each_idle_resource_is_found_once_and_nothing_else(collected: Built):
    told = collected.rows("select resource_id, rule_id from idle_resources where is_latest_period")
    by_bill = {(one.resource_id, one.rule_id) for one in collected.ledger.truth.idle}
    [snapshot] = [row for row in told if row[1] == "snapshot_of_gone_volume"]
    assert snapshot[0].endswith(f"snapshot/snap-{scene(collected).hex('snapshot warehouse')}")
    assert sorted(told) == sorted(
        {
            *by_bill,
            snapshot,
            (instance(collected, planted.IDLE_INSTANCE), "instance_idle"),
            (database(planted.IDLE_DATABASE), "database_idle"),
            (volume(collected, planted.IDLE_VOLUME), "volume_idle"),
            (volume(collected, planted.LOOSE_VOLUME), "volume_unattached"),
        }
    )


def test_a_finding_of_the_bill_that_the_inventory_confirms_says_so(collected: Built):
    told = dict(
        collected.rows("select rule_id, max(evidence) from idle_resources where is_latest_period group by 1 order by 1")
    )
    confirmed = ("application_load_balancer", "ebs_volume", "nat_gateway", "public_ipv4_address", "volume_unattached")
    assert {told[rule] for rule in confirmed} == {"bill+inventory"}
    assert {told[rule] for rule in ("instance_idle", "database_idle", "volume_idle")} == {"bill+metrics"}
    assert {told[rule] for rule in ("kinesis_stream", "web_acl", "dynamodb_table")} == {"bill"}
    # It was seen so on three inventories, over forty days.
    assert collected.rows(
        "select first_seen_on, idle_days, confidence, is_actionable from idle_resources"
        " where rule_id = 'volume_unattached'"
    ) == [(SEEN_ON[0], 41, "high", True)]


def test_a_snapshot_s_volume_is_told_gone_where_it_is_and_what_the_snapshot_costs(collected: Built):
    costs: dict[str, Decimal] = {}
    for event in collected.ledger.months[-1].events:
        if isinstance(event, Use) and ":snapshot/" in event.meter.resource_id:
            costs[event.meter.resource_id] = costs.get(event.meter.resource_id, Decimal(0)) + event.cash
    told = collected.rows(
        "select resource_id, effective_cost, age_days, source_volume_standing, image_standing from snapshots"
    )
    ids = {
        name: f"snapshot/snap-{scene(collected).hex('snapshot ' + name)}" for name in ("payments-archive", "warehouse")
    }
    age = (NOW.date() - timedelta(days=1) - date(2025, 1, 1)).days
    assert sorted(told) == sorted(
        (resource, cost, age, "gone" if resource.endswith(ids["warehouse"]) else "there", "unused")
        for resource, cost in costs.items()
    )
    assert len(told) == len(ids)


def test_every_finding_of_the_newest_month_is_open_and_the_older_ones_are_gone(collected: Built):
    newest = collected.rows(
        "select resource_id, rule_id from idle_resources where is_latest_period union all "
        "select resource_id, rule_id from rightsizing_recommendations where is_latest_period"
    )
    told = collected.rows("select resource_id, rule_id, state, months_found from recommendation_history")
    assert sorted((row[:2]) for row in told if row[2] == "open") == sorted(newest)
    assert {row[2] for row in told} <= {"open", "gone"}
    # What the bill alone finds was there in June, too; what accounts show is known of the newest month.
    found_in = {row[1]: row[3] for row in told if row[2] == "open"}
    assert (found_in["kinesis_stream"], found_in["instance_idle"]) == (2, 1)


def test_an_idle_machine_costs_what_its_hours_on_the_bill_cost(collected: Built):
    [(cost, monthly)] = collected.rows(
        "select effective_cost, monthly_cost from idle_resources where rule_id = 'instance_idle'"
    )
    # r6i.large in Virginia for twenty days of July.
    assert cost == Decimal("0.126") * 24 * 20
    assert monthly == Decimal("0.126") * 730


def test_each_machine_that_is_too_large_is_found_with_the_type_that_would_do_and_nothing_else(collected: Built):
    told = collected.rows(
        "select resource_id, rule_id, recommended_type from rightsizing_recommendations"
        " where lever <> 'modernise' order by 1"
    )
    assert told == sorted(
        [
            *((instance(collected, name), "instance_too_large", kind) for name, kind in planted.OVERSIZED.items()),
            (database(planted.OVERSIZED_DATABASE[0]), "database_too_large", planted.OVERSIZED_DATABASE[1]),
            (instance(collected, planted.QUIET_WEEKENDS), "idle_weekends", "mon-fri"),
            (volume(collected, planted.SLOW_VOLUME), "volume_speed_unused", "gp3 4000 IOPS 190 MiB/s"),
            (instance(collected, planted.QUIET_NIGHTS), "non_production_hours", planted.ITS_HOURS),
            (database("shop-staging"), "non_production_hours", "mon-fri 08:00-18:00"),
        ]
    )
    # It can be the value of a tag as it is.
    assert parse(planted.ITS_HOURS).zone == "UTC"
    savings = dict(
        collected.rows(
            "select resource_id, monthly_savings_cost from rightsizing_recommendations where lever = 'rightsize'"
        )
    )
    # Of 9,000 IOPS at 0.005 a month 5,000 are too many, of 375 MiB/s at 0.04 are 185. Days on the bill are rounded.
    slower = 5000 * Decimal("0.005") + 185 * Decimal("0.04")
    assert savings[volume(collected, planted.SLOW_VOLUME)] == pytest.approx(slower, abs=Decimal("0.001"))
    # m7g.4xlarge at 0.6528 an hour; a quarter of it would do.
    assert savings[instance(collected, "payments-api-2")] == round(Decimal("0.6528") * Decimal("0.75") * 730, 4)


def test_a_saving_is_at_least_the_low_one_at_most_the_high_one_and_never_more_than_the_cost(collected: Built):
    assert collected.rows(
        "select count(*), count(monthly_savings_cost) > 0 from rightsizing_recommendations"
        " where monthly_savings_cost is null or not (0 <= low_monthly_savings_cost"
        " and low_monthly_savings_cost <= monthly_savings_cost and monthly_savings_cost <= high_monthly_savings_cost"
        " and high_monthly_savings_cost <= monthly_cost)"
    ) == [(2, False)]


def test_savings_take_each_lever_and_never_more_than_the_cost(collected: Built):
    levers = dict(
        collected.rows("select lever, count(*) from savings where is_latest_period and is_counted group by 1")
    )
    assert set(levers) == {"delete", "schedule", "rightsize", "modernise"}
    # What is deleted is not resized, and what is perhaps too large promises nothing.
    counted = {row[0] for row in collected.rows("select resource_id from savings where lever = 'rightsize'")}
    machines = {instance(collected, name) for name in planted.OVERSIZED}
    assert counted == machines | {volume(collected, planted.SLOW_VOLUME)}
    assert collected.rows(
        "select count(*) from (select resource_id, sum(savings_cost) as saved, max(effective_cost) as cost"
        " from savings group by billing_period, resource_id) where saved > cost"
    ) == [(0,)]
