"""What CloudWatch draws and watches is what is published and logged. Read from the files: needs no terraform."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

from lake.errors import GateClosedError
from lambdas.cost_reporter.figures import Digest
from lambdas.cost_reporter.metrics import NAMESPACE, metrics
from lambdas.runtime.errors import ActsFailedError, StoppedError

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "terraform" / "modules" / "observability"
NAMES = (MODULE / "names.tf").read_text()
DIGEST = Digest(
    *("USD", date(2026, 11, 25), Decimal(1), Decimal(1), Decimal(1), Decimal(1)),
    services=(("AWS Lambda", Decimal(1)),),
    budgets=(("111122223333", "all", Decimal(50)),),
)


def _published() -> set[tuple[str, tuple[str, ...]]]:
    """Each metric of a digest that has all parts, with the names of its dimensions."""
    told = metrics([DIGEST], [])
    return {(each["MetricName"], tuple(one["Name"] for one in each.get("Dimensions", ()))) for each in told}


def _block(name: str) -> dict[str, str]:
    (body,) = re.findall(rf"^  {name} = \{{\n(.*?)^  \}}", NAMES, re.MULTILINE | re.DOTALL)
    return dict(re.findall(r'^    (\w+)\s*=.*?"(\w+)"', body, re.MULTILINE))


def test_metrics_are_called_as_cost_reporter_publishes_them() -> None:
    assert set(_block("metrics").values()) == {name for name, _ in _published()}
    assert f'namespace = "{NAMESPACE}"' in NAMES


def test_searches_ask_for_dimensions_that_are_published() -> None:
    dashboards = (MODULE / "dashboards.tf").read_text()
    searched = re.findall(r"\$\{local\.namespace\},([\w,]+)\} MetricName=\\\"\$\{local\.metrics\.(\w+)\}", dashboards)
    assert len(searched) == 2
    assert {(_block("metrics")[key], tuple(words.split(","))) for words, key in searched} <= _published()


def test_logs_are_searched_for_errors_that_actions_end_with() -> None:
    # Lambda writes the class of an error that a function ends with; these three are not caught on the way.
    ends = {error.__name__ for error in (GateClosedError, StoppedError, ActsFailedError)}
    assert set(_block("endings").values()) == ends
