"""The suites, without any mart: one per mart, understood, portable, and true to the contract."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lake.errors import CheckFailedError
from lake.tables import MART_NAMES
from quality.checkpoint import to_gx
from quality.suite import SUITES, Suite, counting, load_suite, load_suites, moments
from tests.quality.marts import NOW, contract

# What DuckDB and Athena both answer through Great Expectations; regular expressions, LIKE and quantiles are not.
PORTABLE = {
    "expect_table_row_count_to_be_between",
    "expect_table_row_count_to_equal",
    "expect_column_values_to_not_be_null",
    "expect_column_values_to_be_in_set",
    "expect_column_values_to_be_between",
    "expect_column_pair_values_a_to_be_greater_than_b",
    "expect_grain_to_be_unique",
    "expect_account_ids",
    "expect_digits",
    "expect_foreign_key",
    "expect_total_to_reconcile",
    "expect_newest_day_to_be_recent",
}
ITEM = "{expect: expect_digits, with: {column: a, length: 12}, severity: critical, description: A}"


@pytest.fixture(scope="module")
def suites() -> dict[str, Suite]:
    return {suite.mart: suite for suite in load_suites(moments(NOW))}


def test_every_mart_has_exactly_one_suite_and_there_are_no_others() -> None:
    assert sorted(path.name for path in SUITES.iterdir()) == sorted(f"{mart}.yml" for mart in MART_NAMES)


@pytest.mark.parametrize("mart", MART_NAMES)
def test_every_expectation_is_one_that_great_expectations_accepts(suites: dict[str, Suite], mart: str) -> None:
    for number, expectation in enumerate(suites[mart].expectations):
        built = to_gx(expectation, number)
        assert built.description == expectation.description
        assert built.severity == expectation.severity


def test_a_misspelt_argument_is_refused(suites: dict[str, Suite]) -> None:
    from dataclasses import replace

    digits = next(item for item in suites["idle_resources"].expectations if item.kind == "expect_digits")
    with pytest.raises(Exception, match="extra fields not permitted"):
        to_gx(replace(digits, arguments={**digits.arguments, "lenght": 12}), 0)


@pytest.mark.parametrize("mart", MART_NAMES)
def test_every_expectation_runs_on_both_engines(suites: dict[str, Suite], mart: str) -> None:
    assert {expectation.kind for expectation in suites[mart].expectations} <= PORTABLE


@pytest.mark.parametrize("mart", MART_NAMES)
def test_every_column_named_is_in_the_contract_of_its_mart(suites: dict[str, Suite], mart: str) -> None:
    own = set(contract(mart).names)
    for expectation in suites[mart].expectations:
        arguments = expectation.arguments
        # A total may be of several columns.
        told = (arguments[name] for name in ("column", "column_A", "column_B") if name in arguments)
        named = {name for text in told for name in re.split(r" [+-] ", text)}
        assert named | set(arguments.get("columns", [])) | set(arguments.get("by", [])) <= own
        if "parent_table" in arguments:
            assert set(arguments["columns"]) <= set(contract(arguments["parent_table"]).names)
        if "other_table" in arguments:
            assert {arguments["measure"], *arguments["by"]} <= set(contract(arguments["other_table"]).names)


@pytest.mark.parametrize("mart", MART_NAMES)
def test_every_sentence_is_said_once_and_reads_as_one(suites: dict[str, Suite], mart: str) -> None:
    sentences = [expectation.description for expectation in suites[mart].expectations]
    assert len(set(sentences)) == len(sentences)
    assert all(sentence[0].isupper() and not sentence.endswith(".") and "{" not in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("mart", "fewest"),
    [
        ("daily_costs", 1),
        ("monthly_costs", 1),
        ("reconciliation", 1),
        ("identities", 1),
        ("idle_resources", 0),
        ("rightsizing_recommendations", 0),
    ],
)
def test_only_findings_may_be_empty(suites: dict[str, Suite], mart: str, fewest: int) -> None:
    (count,) = [item for item in suites[mart].expectations if item.kind == "expect_table_row_count_to_be_between"]
    assert (count.arguments, count.severity) == ({"min_value": fewest}, "critical")


def test_the_grain_of_every_suite_is_that_of_the_registry(suites: dict[str, Suite]) -> None:
    from lake.tables import MARTS

    for mart in MARTS:
        grains = [item.arguments["columns"] for item in suites[mart.name].expectations if "grain" in item.kind]
        assert list(mart.grain) in grains


def test_an_engine_that_reads_the_lake_itself_must_see_every_row(suites: dict[str, Suite]) -> None:
    suite = suites["daily_costs"]
    counted = counting(suite, 7)
    assert counted.expectations[:-1] == suite.expectations
    last = counted.expectations[-1]
    assert (last.kind, dict(last.arguments), last.severity) == (
        "expect_table_row_count_to_equal",
        {"value": 7},
        "critical",
    )
    assert to_gx(last, 0).value == 7
    assert counted.version == suite.version


def test_a_suite_is_known_by_what_it_says_and_by_what_that_means(suites: dict[str, Suite]) -> None:
    meaning = (SUITES.parent / "expectations.py").read_bytes()
    for mart, suite in suites.items():
        assert suite.version == hashlib.sha256((SUITES / f"{mart}.yml").read_bytes() + meaning).hexdigest()


def test_what_is_asked_month_by_month_speaks_of_no_two_months_at_once(suites: dict[str, Suite]) -> None:
    from lake.tables import MARTS

    of_one_row = {"expect_column_values_to_not_be_null", "expect_account_ids", "expect_column_values_to_be_in_set"}
    for mart in MARTS:
        for item in suites[mart.name].expectations if mart.month_column else ():
            is_there = (item.kind, item.arguments) == ("expect_table_row_count_to_be_between", {"min_value": 1})
            is_within = item.kind == "expect_grain_to_be_unique" and mart.month_column in item.arguments["columns"]
            assert item.kind in of_one_row or is_there or is_within


def test_usage_must_be_of_the_last_three_days() -> None:
    assert moments(datetime(2026, 3, 2, 23, 59, tzinfo=UTC)) == {"today": "2026-03-02", "fresh_after": "2026-02-27"}


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mart: [", "cannot be understood"),
        ("mart: m", "cannot be understood"),
        ("", "cannot be understood"),
        ("mart: m\nexpectations: []", "expects nothing"),
        (f"mart: other\nexpectations: [{ITEM}]", "names another mart"),
        (f"mart: m\nexpectations: [{ITEM.replace('critical', 'fatal')}]", "an item needs"),
        (f"mart: m\nexpectations: [{ITEM.replace('severity: critical, ', '')}]", "an item needs"),
        (f"mart: m\nexpectations: [{ITEM.replace('with', 'wiht')}]", "an item needs"),
        (f"mart: m\nexpectations: [{ITEM.replace('severity', 'ask: athena, severity')}]", "asks athena"),
        (f"mart: m\nexpectations: [{ITEM.replace('12', '{$PARAMETER: nobody}')}]", "nobody"),
    ],
)
def test_a_broken_suite_says_what_is_wrong_with_it(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "m.yml"
    path.write_text(text)
    with pytest.raises(CheckFailedError, match=complaint) as raised:
        load_suite(path, {})
    assert raised.value.where == str(path)


def test_a_mart_without_a_suite_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckFailedError, match="The mart m has no suite"):
        load_suite(tmp_path / "m.yml", {})


def test_one_item_stands_for_many_columns(tmp_path: Path) -> None:
    path = tmp_path / "m.yml"
    path.write_text(
        "mart: m\nexpectations:\n- {expect: e, for_each_column: [a, b], with: {condition: '{column} > 0', n: 1},"
        " severity: warning, description: 'Has {column}'}"
    )
    first, second = load_suite(path, {}).expectations
    assert (first.column, first.description) == ("a", "Has a")
    assert second.arguments == {"column": "b", "condition": "b > 0", "n": 1}
