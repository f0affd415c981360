"""The same suites through Athena: the same answers, about the same bytes, for few statements that read few columns."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from lake import verdicts, zones
from lake.errors import EXIT_OVER_BUDGET, BudgetError
from lake.marts import mart_files
from lake.metering import reported
from lake.tables import MART_NAMES
from lake.workspace import Workspace
from quality.checkpoint import evaluate
from quality.engine import athena_source
from quality.run import ValidationReport, validate
from quality.suite import Expectation, Suite, load_suites, moments
from tests.quality.conftest import Validate, in_account
from tests.quality.faults import (
    FAULTS,
    faults_at_once,
    faults_that_hide_others,
    four_faults_in_four_marts,
    no_daily_costs,
)
from tests.quality.marts import NOW, World, clean_world
from tests.support.local_aws import RemoteAws

# One account for all of them.
pytestmark = pytest.mark.xdist_group("quality_on_athena")

Sentences = dict[str, set[str]]
NOTHING_SAVED = "Every priced recommendation saves something"
# A rough bill: at a second or two each, a mart is validated in a quarter of a minute.
MOST_STATEMENTS = 9 * len(MART_NAMES)


def sentences(of: Callable[[Callable[[World], None]], bool]) -> Sentences:
    """What the faults break that are meant, by mart."""
    merged: defaultdict[str, set[str]] = defaultdict(set)
    for fault, expected in FAULTS:
        if of(fault):
            for mart, broken in expected.items():
                merged[mart] |= broken
    return dict(merged)


def at_once() -> Sentences:
    broken = sentences(lambda fault: fault is not no_daily_costs)
    return broken | {"rightsizing_recommendations": broken["rightsizing_recommendations"] - {NOTHING_SAVED}}


def hiding_others() -> Sentences:
    broken = sentences(lambda fault: fault is no_daily_costs)
    return broken | {"rightsizing_recommendations": broken["rightsizing_recommendations"] | {NOTHING_SAVED}}


def found(report: ValidationReport) -> Sentences:
    failures = {mart.mart: {one.expectation.description for one in mart.failures} for mart in report.marts}
    return {mart: broken for mart, broken in failures.items() if broken}


def told(
    ws: Workspace,
    report: ValidationReport,
    names: Sequence[str] = ("mart", "description", "severity", "success", "raised", "unexpected_count"),
) -> set[tuple[object, ...]]:
    content = ws.store.read(report.results_key)
    assert content is not None
    return {tuple(row[name] for name in names) for row in pq.read_table(io.BytesIO(content)).to_pylist()}


def test_the_two_worlds_of_faults_hold_all_faults() -> None:
    """What four faults in four marts break is broken by the two worlds together."""
    (four,) = [expected for fault, expected in FAULTS if fault is four_faults_in_four_marts]
    both = [at_once(), hiding_others()]
    assert all(any(broken <= world.get(mart, set()) for world in both) for mart, broken in four.items())


def test_clean_marts_are_green_and_every_expectation_was_evaluated(validated_by_athena: Validate) -> None:
    ws, report = validated_by_athena()
    assert report.passed
    assert report.engine == "athena"
    of_copies = {one.description for suite in load_suites(moments(NOW)) for one in suite.expectations if one.of_copy}
    engines = told(ws, report, ("description", "engine"))
    assert {description for description, engine in engines if engine == "duckdb"} == of_copies != set()
    # One more than on copies: that Athena sees every row that was hashed.
    expected = {suite.mart: len(suite.expectations) + 1 for suite in load_suites(moments(NOW))}
    assert {mart.mart: mart.evaluated for mart in report.marts} == expected
    assert {mart.mart: mart.row_count for mart in report.marts} == {
        name: len(rows) for name, rows in clean_world().items()
    }
    assert {mart.data_through for mart in report.marts} == {"2026-11-22"}


@pytest.mark.parametrize(
    ("faults", "expected"), [(faults_at_once, at_once()), (faults_that_hide_others, hiding_others())]
)
def test_every_fault_is_found_by_both_engines_and_counted_alike(
    validated: Validate, validated_by_athena: Validate, faults: Callable[[World], None], expected: Sentences
) -> None:
    ws, report = validated_by_athena(faults)
    assert found(report) == expected
    assert not any(mart.errors for mart in report.marts)
    local_ws, local_report = validated(faults)
    counted = {one for one in told(ws, report) if one[1] != "The engine sees every row that was hashed"}
    assert counted == told(local_ws, local_report)
    for mart in MART_NAMES:
        verdict = verdicts.newest(ws.store, mart)
        assert verdict is not None
        assert verdict.passed == (mart not in expected)


def test_what_athena_cannot_evaluate_is_an_error_and_never_a_pass(
    validated_by_athena: Validate, account: RemoteAws, tmp_path: Path
) -> None:
    ws, _ = validated_by_athena(faults_that_hide_others)
    source = athena_source(
        region="us-east-1", database=ws.settings.glue_database("marts"), results_uri=ws.settings.results
    )
    asked = Expectation("expect_grain_to_be_unique", {"columns": ["no_such_column"]}, "critical", "It is there")
    with in_account(account, tmp_path):
        (result,) = evaluate(source, [Suite("restatements", "", (asked,))])
    assert (result.success, result.raised) == (False, True)
    assert "no_such_column" in result.observed


def test_the_gate_opens_with_the_bytes_that_athena_read(validated_by_athena: Validate) -> None:
    ws, _ = validated_by_athena()
    for mart in MART_NAMES:
        published = mart_files(ws.store, mart)
        assert published is not None
        assert verdicts.require_on(ws.store, published, now=NOW).version == published.version


def test_few_statements_are_asked_and_none_reads_all_columns(validated_by_athena: Validate, account: RemoteAws) -> None:
    validated_by_athena()
    asked = [one for one in account.statements if one.database == "clean_marts"]
    assert {one.state for one in asked} == {"SUCCEEDED"}
    assert len(asked) <= MOST_STATEMENTS
    scans = [scan for one in asked for scan in one.scans]
    assert {scan.table.rpartition(".")[2].removesuffix("_asked") for scan in scans} == set(MART_NAMES)
    # Ids and amounts of charges are dear to read: the copy is asked about them.
    read_of_focus = {column for scan in scans if "focus_1_2" in scan.table for column in scan.columns}
    assert "billedcost" in read_of_focus
    assert read_of_focus.isdisjoint({"x_chargeid", "effectivecost", "listcost", "contractedcost"})
    # Of restatements every column is asked whether it is there.
    assert {scan.table.rpartition(".")[2] for scan in scans if scan.reads_all_columns} == {"restatements"}


def test_a_spent_budget_stops_a_validation_by_its_own_name_and_writes_no_verdict(
    validated_by_athena: Validate, account: RemoteAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Great Expectations takes what is raised in a statement for an expectation that could not be evaluated."""
    ws, _ = validated_by_athena()
    # The budget is spent in the first of them; all others would be asked for nothing.
    monkeypatch.setattr("quality.run.load_suites", lambda told: load_suites(told)[:3])
    before = {mart: verdicts.newest(ws.store, mart) for mart in MART_NAMES}
    athena = replace(ws.settings.athena, budget=Decimal("0.0001"))
    poor = replace(ws, settings=replace(ws.settings, athena=athena), now=NOW + timedelta(hours=1))
    asked = len(account.statements)
    with (
        in_account(account, tmp_path),
        pytest.raises(BudgetError) as raised,
        reported(poor, "validate") as meter,
    ):
        validate(poor, meter)
    assert raised.value.exit_code == EXIT_OVER_BUDGET
    # Great Expectations looks whether tables are there, which reads nothing; two statements of 10 MB were paid for.
    assert len([one for one in account.statements[asked:] if one.scanned_bytes]) == 2
    assert {mart: verdicts.newest(ws.store, mart) for mart in MART_NAMES} == before
    assert ws.store.read(zones.run_record(ws.run_id)) is not None
