"""What was planted in three months of a company is found on its first day, with its cause, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from ingestion.synthetic.cur2 import write_cur2
from ingestion.synthetic.ledger import build_ledger
from tests.pipeline.conftest import THROUGH, Built, workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("surprises"), pytest.mark.usefixtures("without_checks")]


@pytest.fixture(scope="module")
def surprised(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """May and June whole and July to the 20th, with surprises from the 41st day on."""
    from dbt_project.build import build
    from ingestion.land import ingest

    folder = tmp_path_factory.mktemp("surprises")
    ledger = build_ledger(date(2026, 5, 1), 3, THROUGH, seed=7, surprises=True)
    write_cur2(ledger, folder / "bills")
    ws = workspace(folder / "lake")
    with ws.store.locked():
        ingest(ws, str(folder / "bills"))
        build(ws)
    yield Built(ws, ledger)


def test_each_surprise_is_found_on_its_first_day_with_its_cause_and_resource(surprised: Built):
    told = {
        (account, service, group, day, direction): (cause, resources)
        for account, service, group, day, direction, cause, resources in surprised.rows(
            "select sub_account_id, service_name, usage_group, charged_on, direction, cause, top_resources "
            "from cost_anomalies"
        )
    }
    planted = surprised.ledger.truth.anomalies
    assert {one.cause for one in planted} == {"usage", "new_resource", "ended", "price"}
    for one in planted:
        cause, resources = told[one.account, one.service_name, one.usage_group, one.first_day, one.direction]
        assert cause == one.cause
        assert resources.startswith(one.resource_id)


def test_nothing_else_is_found_and_a_change_that_stays_becomes_the_new_level(surprised: Built):
    days = {
        (one.account, one.service_name, one.usage_group, one.first_day + timedelta(days=age), one.direction)
        for one in surprised.ledger.truth.anomalies
        for age in range((one.last_day - one.first_day).days + 1)
    }
    told = set(
        surprised.rows("select sub_account_id, service_name, usage_group, charged_on, direction from cost_anomalies")
    )
    assert told <= days


def test_days_of_one_anomaly_share_an_id_and_its_first_day(surprised: Built):
    told = surprised.rows(
        "select anomaly_id, min(charged_on), min(started_on), max(started_on) from cost_anomalies group by 1"
    )
    assert len(told) == len(surprised.ledger.truth.anomalies)
    assert all(first == started == again for _, first, started, again in told)


def test_the_last_days_of_an_open_month_are_not_judged(surprised: Built):
    [(newest,)] = surprised.rows("select max(charged_on) from cost_anomalies")
    assert newest <= THROUGH - timedelta(days=2)
