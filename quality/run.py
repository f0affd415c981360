"""Validate the published marts and write the verdicts that open or close the gate before every action."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lake import verdicts, zones
from lake.catalog.settle import settle_marts, settle_months
from lake.settings import Profile
from lake.verdicts import VERDICT_LIFETIME, Verdict
from lake.workspace import Workspace
from quality import results
from quality.asked import months_to_ask
from quality.snapshot import Copied, data_through, snapshot
from quality.suite import Suite, counting, load_suites, moments
from quality.unchanged import unchanged

if TYPE_CHECKING:
    from lake.meter import Meter
    from quality.checkpoint import Result
    from quality.engine import Source


@dataclass(frozen=True)
class MartReport:
    """One mart's verdict for people. `failures` close the gate, `warnings` do not, `errors` were not evaluated."""

    mart: str
    passed: bool
    row_count: int
    evaluated: int
    data_through: str
    failures: tuple[Result, ...]
    warnings: tuple[Result, ...]
    errors: tuple[Result, ...]


@dataclass(frozen=True)
class ValidationReport:
    """What one validation said of every mart, and with which engine. `results_key` is where all of it is kept."""

    marts: tuple[MartReport, ...]
    engine: str
    gx_version: str
    results_key: str

    @property
    def passed(self) -> bool:
        """Whether every mart may be acted on."""
        return all(mart.passed for mart in self.marts)

    def mart(self, name: str) -> MartReport:
        """The report of one mart. Raises KeyError for a name that is no mart."""
        return {mart.mart: mart for mart in self.marts}[name]


def validate(ws: Workspace, meter: Meter | None = None) -> ValidationReport:
    """Run every suite on the marts as published now, write results and verdicts, and report.

    DuckDB reads copies of the very bytes that the verdicts name. Athena reads the lake itself, and it is proved that
    those bytes lay there all the while. A red mart is no error here. Raises LakeError when a mart is missing or
    unreadable, CheckFailedError when a suite is broken, the marts could not be reached, or one was published meanwhile,
    BudgetError when the `meter` of this run refused a statement; then no verdict is written.
    """
    suites = load_suites(moments(ws.now))
    asks_athena = ws.settings.profile is Profile.AWS
    guard = unchanged(ws.store) if asks_athena else nullcontext()
    with guard, snapshot(ws.store) as copies, ws.out.progress("Validating the marts"):
        from quality.checkpoint import evaluate, gx_version

        asked = {suite.mart: months_to_ask(ws.store, suite, copies[suite.mart]) for suite in suites}
        if asks_athena:
            suites = tuple(counting(suite, _rows(copies[suite.mart], asked[suite.mart])) for suite in suites)
        source = _athena(ws, asked) if asks_athena else _duckdb(copies, asked)
        outcomes = evaluate(source, _asking(suites, of_copy=False) if asks_athena else suites)
        if asks_athena and any(one.of_copy for suite in suites for one in suite.expectations):
            outcomes += evaluate(_duckdb(copies, asked), _asking(suites, of_copy=True))
        if meter is not None:
            meter.require_budget()
        through = data_through(copies, ws.now.date())
    version = gx_version()
    key = results.write(ws, outcomes, engine=source.engine, gx_version=version)
    reports = []
    for suite in suites:
        report = _report(suite, copies[suite.mart], outcomes, through)
        verdicts.record(ws.store, _verdict(ws, suite, copies[suite.mart], report))
        reports.append(report)
    return ValidationReport(tuple(reports), source.engine, version, key)


def _rows(copied: Copied, months: Sequence[str]) -> int:
    """How many rows are asked about."""
    return sum(copied.months[month].row_count for month in months) if months else copied.row_count


def _asking(suites: Sequence[Suite], *, of_copy: bool) -> tuple[Suite, ...]:
    """The suites with what is asked of the copies, or without."""
    return tuple(
        replace(suite, expectations=tuple(one for one in suite.expectations if one.of_copy == of_copy))
        for suite in suites
    )


def _duckdb(copies: Mapping[str, Copied], asked: Mapping[str, Sequence[str]]) -> Source:
    from quality.engine import duckdb_source

    return duckdb_source({name: copied.files(asked[name]) for name, copied in copies.items()})


def _athena(ws: Workspace, asked: Mapping[str, Sequence[str]]) -> Source:
    """Athena over the published files, whose tables are made what they are to be first."""
    import boto3

    from quality.engine import athena_source

    settle_marts(ws)
    tables = {mart: settle_months(ws, mart, months) for mart, months in asked.items() if months}
    return athena_source(
        region=boto3.Session(region_name=ws.settings.region).region_name or "",
        database=ws.settings.glue_database(zones.MARTS),
        results_uri=ws.settings.results,
        work_group=ws.settings.athena.workgroup,
        tables=tables,
    )


def _report(suite: Suite, copied: Copied, outcomes: Sequence[Result], through: str) -> MartReport:
    """A mart passes when every expectation was evaluated and no critical one failed."""
    own = [outcome for outcome in outcomes if outcome.mart == suite.mart]
    errors = tuple(outcome for outcome in own if outcome.raised)
    failed = [outcome for outcome in own if not outcome.success and not outcome.raised]
    critical = tuple(outcome for outcome in failed if outcome.expectation.severity == "critical")
    evaluated = len(own) - len(errors)
    return MartReport(
        mart=suite.mart,
        passed=not critical and not errors and evaluated == len(suite.expectations) > 0,
        row_count=copied.row_count,
        evaluated=evaluated,
        data_through=through,
        failures=critical,
        warnings=tuple(outcome for outcome in failed if outcome not in critical),
        errors=errors,
    )


def _verdict(ws: Workspace, suite: Suite, copied: Copied, report: MartReport) -> Verdict:
    return Verdict(
        mart=suite.mart,
        run_id=ws.run_id,
        passed=report.passed,
        version=copied.version,
        row_count=copied.row_count,
        evaluated=report.evaluated,
        critical_failures=_sentences(report.failures),
        warning_failures=_sentences(report.warnings),
        errors=_sentences(report.errors),
        data_through=report.data_through,
        validated_at=ws.now.isoformat(),
        expires_at=(ws.now + VERDICT_LIFETIME).isoformat(),
        suite_version=suite.version,
        months={month: file.version for month, file in copied.months.items()},
    )


def _sentences(outcomes: Sequence[Result]) -> tuple[str, ...]:
    return tuple(outcome.expectation.description for outcome in outcomes)
