"""Great Expectations at work: suites in, one result per expectation out. The only module that calls it."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from lake.errors import CheckFailedError
from quality.suite import Expectation, Suite

if TYPE_CHECKING:
    from collections.abc import Iterator

    from quality.engine import Source

_SEVERAL = 3
_NOT_EVALUATED = "was not evaluated"


@dataclass(frozen=True)
class Result:
    """What became of one expectation.

    `raised` says that it could not be evaluated: then `success` is False and `observed` is the reason. Otherwise
    `observed` is what a failed expectation saw, as JSON, and empty for one that holds.
    """

    mart: str
    expectation: Expectation
    success: bool
    raised: bool
    observed: str = ""
    unexpected_count: int | None = None


def gx_version() -> str:
    """The version of Great Expectations at work."""
    import great_expectations as gx

    return str(gx.__version__)


def evaluate(source: Source, suites: Sequence[Suite]) -> tuple[Result, ...]:
    """One result per expectation, in the order of the suites.

    A first run asks only whether each expectation holds; a second one asks those that do not what they saw, which
    saves a query per column expectation on the good days. Raises CheckFailedError when the marts cannot be reached.
    """
    wanted = [(suite.mart, expectation) for suite in suites for expectation in suite.expectations]
    verdicts = _run(source, dict(enumerate(wanted)), "BOOLEAN_ONLY")
    failed = {number: wanted[number] for number, result in verdicts.items() if not result.success and not result.raised}
    details = _run(source, failed, "BASIC") if failed else {}
    missing = {
        number: Result(mart, expectation, success=False, raised=True, observed=_NOT_EVALUATED)
        for number, (mart, expectation) in enumerate(wanted)
    }
    seen = {
        number: replace(verdicts[number], observed=detail.observed, unexpected_count=detail.unexpected_count)
        for number, detail in details.items()
    }
    return tuple((missing | verdicts | seen).values())


def _run(source: Source, wanted: Mapping[int, tuple[str, Expectation]], result_format: str) -> dict[int, Result]:
    """Results by the number of the expectation; one that Great Expectations says nothing about is absent."""
    import great_expectations as gx

    with _quiet():
        try:
            outcome = build(source, wanted, result_format).run()
        except (gx.exceptions.GreatExpectationsError, ConnectionError) as error:
            raise CheckFailedError(
                f"The marts could not be validated: {_first_line(error)}",
                where=source.engine,
                todo="Run `finops build`, then validate again.",
            ) from error
    results = {}
    for validated in outcome.run_results.values():
        for result in validated.results:
            number = result.expectation_config.meta["number"]
            results[number] = _read(*wanted[number], result)
    return results


def build(source: Source, wanted: Mapping[int, tuple[str, Expectation]], result_format: str = "BOOLEAN_ONLY") -> Any:
    """A checkpoint of the wanted expectations, numbered, in a context that leaves nothing behind."""
    import great_expectations as gx

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    lake = context.data_sources.add_sql(
        "lake", connection_string=source.connection_string, create_temp_table=False, kwargs=source.arguments
    )
    definitions = []
    for mart in dict.fromkeys(mart for mart, _ in wanted.values()):
        schema, table = source.tables.get(mart, (None, mart))
        asset = lake.add_table_asset(mart, table_name=table, schema_name=schema)
        batch = asset.add_batch_definition_whole_table("all")
        members = [to_gx(expectation, number) for number, (of, expectation) in wanted.items() if of == mart]
        suite = context.suites.add(gx.ExpectationSuite(name=mart, expectations=members))
        definition = gx.ValidationDefinition(name=mart, data=batch, suite=suite)
        definitions.append(context.validation_definitions.add(definition))
    return context.checkpoints.add(
        gx.Checkpoint(name="marts", validation_definitions=definitions, result_format=result_format)
    )


def to_gx(expectation: Expectation, number: int) -> Any:
    """The expectation as an object of Great Expectations, which checks its name and arguments. Needs no mart."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    import quality.expectations  # noqa: F401  (registers ours)

    return ExpectationConfiguration(
        type=expectation.kind,
        kwargs=dict(expectation.arguments),
        severity=expectation.severity,
        description=expectation.description,
        meta={"number": number},
    ).to_domain_obj()


def _read(mart: str, expectation: Expectation, result: Any) -> Result:
    """Tell an expectation that fails from one that could not be evaluated: both come back as not successful."""
    message = _exception(result.exception_info or {})
    if message is not None:
        return Result(mart, expectation, success=False, raised=True, observed=message)
    if result.success is not True:
        count = result.result.get("unexpected_count", result.result.get("observed_value"))
        observed = result.result.get("observed_value", result.result.get("partial_unexpected_list", [])[:_SEVERAL])
        unexpected = count if isinstance(count, int) else None
        return Result(mart, expectation, False, False, json.dumps(observed, default=str), unexpected)
    return Result(mart, expectation, success=True, raised=False)


def _exception(told: Mapping[str, Any]) -> str | None:
    """The message of what was raised, which is told flat or once per metric; None if nothing was."""
    for told_once in (told, *(value for value in told.values() if isinstance(value, dict))):
        if told_once.get("raised_exception"):
            return _first_line(told_once.get("exception_message") or "raised without a message")
    return None


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]


@contextmanager
def _quiet() -> Iterator[None]:
    """Great Expectations warns its own developers about its own libraries; our users need not read that.

    PyAthena logs what it raises, with a traceback; it is told as the result of the expectation anyway.
    """
    logging.disable(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(logging.NOTSET)
