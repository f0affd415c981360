"""Clean marts are green; each fault is found by exactly the expectations that speak of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pyarrow.parquet as pq
import pytest

from lake import verdicts, zones
from lake.errors import LakeError
from lake.marts import mart_files
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from quality.run import validate
from quality.suite import load_suites, moments
from tests.quality.conftest import Validate
from tests.quality.faults import FAULTS, TOTALS_DAILY, no_daily_costs, no_findings, null_cost
from tests.quality.marts import NOW, World, as_parquet, clean_world


def test_clean_marts_are_green_and_every_expectation_was_evaluated(validated: Validate) -> None:
    ws, report = validated()
    assert report.passed
    expected = {suite.mart: len(suite.expectations) for suite in load_suites(moments(ws.now))}
    assert {mart.mart: mart.evaluated for mart in report.marts} == expected
    assert [mart.warnings for mart in report.marts] == [()] * len(MART_NAMES)
    assert {mart.mart: mart.row_count for mart in report.marts} == {
        name: len(rows) for name, rows in clean_world().items()
    }


def together() -> Iterator[Any]:
    """The faults, as many in one world as are seen in different marts: none of them can hide another."""
    groups: list[tuple[list[Callable[[World], None]], dict[str, set[str]]]] = []
    for fault, expected in FAULTS:
        for faults, seen in groups:
            if not seen.keys() & expected.keys():
                faults.append(fault)
                seen.update(expected)
                break
        else:
            groups.append(([fault], dict(expected)))
    for faults, seen in groups:
        yield pytest.param(faults, seen, id="-".join(fault.__name__ for fault in faults))


@pytest.mark.parametrize(("faults", "expected"), list(together()))
def test_a_fault_fails_exactly_the_expectations_that_speak_of_it(
    validated: Validate, faults: list[Callable[[World], None]], expected: dict[str, set[str]]
) -> None:
    def spoil(world: World) -> None:
        for fault in faults:
            fault(world)

    ws, report = validated(spoil if len(faults) > 1 else faults[0])
    found = {
        mart.mart: {result.expectation.description for result in mart.failures}
        for mart in report.marts
        if mart.failures or mart.errors
    }
    assert found == expected
    assert not any(mart.errors for mart in report.marts)
    for mart in report.marts:
        verdict = verdicts.newest(ws.store, mart.mart)
        assert verdict is not None
        assert verdict.passed == (mart.mart not in expected)
        assert set(verdict.critical_failures) == expected.get(mart.mart, set())


def test_a_bill_without_recent_usage_is_a_warning_and_closes_nothing(validated: Validate) -> None:
    ws, report = validated(None, NOW + timedelta(days=3))
    assert report.passed
    warned = {mart.mart: [result.expectation.description for result in mart.warnings] for mart in report.marts}
    assert warned == {
        **{name: [] for name in MART_NAMES},
        "daily_costs": ["The bill shows usage of the last three days"],
    }
    verdict = verdicts.newest(ws.store, "daily_costs")
    assert verdict is not None
    assert verdict.warning_failures == ("The bill shows usage of the last three days",)


def test_no_findings_is_a_green_answer_that_speaks_as_far_as_the_bill(validated: Validate) -> None:
    ws, report = validated(no_findings)
    assert report.passed
    for name in ("idle_resources", "rightsizing_recommendations"):
        assert report.mart(name).row_count == 0
        assert report.mart(name).data_through == "2026-11-22"
        published, _ = verdicts.require(ws.store, name, now=NOW)
        assert published.rows.num_rows == 0


def test_the_verdict_speaks_through_the_newest_usage_and_not_through_a_fee_of_next_week(validated: Validate) -> None:
    _, report = validated()
    days = {row["charged_on"] for row in clean_world()["daily_costs"]}
    assert max(days) == date(2026, 11, 30)
    assert {mart.mart: mart.data_through for mart in report.marts} == dict.fromkeys(MART_NAMES, "2026-11-22")


def test_an_empty_bill_speaks_of_no_day(validated: Validate) -> None:
    _, report = validated(no_daily_costs)
    assert report.mart("daily_costs").data_through == ""
    assert report.mart("monthly_costs").data_through == ""


def test_the_verdict_names_the_published_bytes_its_suite_and_its_end(validated: Validate) -> None:
    ws, _ = validated()
    for suite in load_suites(moments(ws.now)):
        published = mart_files(ws.store, suite.mart)
        verdict = verdicts.newest(ws.store, suite.mart)
        assert published is not None
        assert verdict is not None
        assert verdict.version == published.version
        assert verdict.suite_version == suite.version
        assert verdict.run_id == ws.run_id
        assert verdict.validated_at == "2026-11-23T06:30:00+00:00"
        assert verdict.expires_at == "2026-11-24T08:30:00+00:00"


def test_every_result_is_a_row_with_what_was_seen(validated: Validate) -> None:
    ws, report = validated(null_cost)
    content = ws.store.read(report.results_key)
    assert content is not None
    rows = pq.read_table(io.BytesIO(content)).to_pylist()
    assert len(rows) == sum(mart.evaluated for mart in report.marts)
    (null,) = [row for row in rows if row["description"] == "Every row of daily costs has its effective_cost"]
    assert (null["mart"], null["column"], null["success"], null["raised"]) == (
        "daily_costs",
        "effective_cost",
        False,
        False,
    )
    assert null["unexpected_count"] == 1
    assert null["severity"] == "critical"
    assert (null["run_id"], null["validated_at"], null["engine"]) == (ws.run_id, NOW, "duckdb")
    (total,) = [row for row in rows if row["description"] == TOTALS_DAILY.format("effective_cost")]
    assert (total["column"], total["unexpected_count"]) == (None, 1)
    (holds,) = [row for row in rows if row["description"] == "The bill has at least one charge"]
    assert (holds["success"], holds["observed"], holds["unexpected_count"]) == (True, None, None)


def test_an_expectation_that_cannot_be_evaluated_is_an_error_and_never_a_pass(lake: Workspace) -> None:
    rows = clean_world()["idle_resources"]
    lake.store.write(zones.published_mart("idle_resources"), as_parquet("idle_resources", rows, without="confidence"))
    report = validate(lake)
    idle = report.mart("idle_resources")
    assert not idle.passed
    assert idle.failures == ()
    assert {result.expectation.description for result in idle.errors} == {
        "Every idle finding has its confidence",
        "Every idle finding says how certain it is",
    }
    assert all("confidence" in result.observed for result in idle.errors)
    assert [mart.mart for mart in report.marts if not mart.passed] == ["idle_resources"]
    verdict = verdicts.newest(lake.store, "idle_resources")
    assert verdict is not None
    assert not verdict.passed
    assert len(verdict.errors) == 2


def test_a_mart_that_was_never_built_is_named_and_nothing_is_written(lake: Workspace) -> None:
    lake.store.delete(zones.published_mart("idle_resources"))
    with pytest.raises(LakeError, match="idle_resources not published") as raised:
        validate(lake)
    assert "finops build" in raised.value.todo
    assert list(lake.store.files(zones.VERDICTS)) == []
    assert list(lake.store.files(zones.VALIDATION_RESULTS)) == []


def test_a_mart_that_is_no_parquet_is_named_and_nothing_is_written(lake: Workspace) -> None:
    lake.store.write(zones.published_mart("monthly_costs"), b"PAR1 but not really")
    with pytest.raises(LakeError, match="monthly_costs is not a readable Parquet file"):
        validate(lake)
    assert list(lake.store.files(zones.VERDICTS)) == []
