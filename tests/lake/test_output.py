"""One JSON document for machines, readable blocks for people, nothing else on stdout."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lake.errors import BadBillError
from lake.output import Output, money


def test_json_mode_prints_one_document_and_no_other_line(capsys: pytest.CaptureFixture[str]):
    out = Output(as_json=True)
    out.say("hello")
    out.table("Costs", ["Service"], [["EC2"]])
    with out.progress("working") as advance:
        advance()
    out.report("build", {"cost": Decimal("0.1000000001"), "at": datetime(2026, 1, 1, tzinfo=UTC)})
    out.flush()
    assert json.loads(capsys.readouterr().out) == {"build": {"cost": "0.1000000001", "at": "2026-01-01T00:00:00+00:00"}}


def test_quiet_mode_prints_warnings_and_errors_only(capsys: pytest.CaptureFixture[str]):
    out = Output(quiet=True)
    out.say("hello")
    out.warn("careful")
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "careful" in printed.err


def test_an_error_is_told_as_what_where_and_what_to_do(capsys: pytest.CaptureFixture[str]):
    Output().error(BadBillError("The gzip ends early.", where="bills/[a].csv.gz", todo="Copy it again."))
    assert capsys.readouterr().err.splitlines() == [
        "error: The gzip ends early.",
        "  where: bills/[a].csv.gz",
        "  to do: Copy it again.",
    ]


def test_progress_says_nothing_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]):
    with Output().progress("working", total=2) as advance:
        advance(1, "half")
    printed = capsys.readouterr()
    assert printed.out == printed.err == ""


def test_a_cell_in_brackets_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]):
    Output().table("Tags", ["Value"], [["[bold]x"], [None]])
    assert "[bold]x" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("-1234.565"), "-1,234.56 USD"),
        (Decimal("0"), "0.00 USD"),
        (Decimal("-0.001"), "0.00 USD"),
        (None, "–"),
    ],
)
def test_money_is_read_with_thousands_and_an_unknown_amount_is_no_zero(amount: Decimal | None, text: str):
    assert money(amount) == text


def test_only_a_column_of_nothing_but_numbers_is_set_right(capsys: pytest.CaptureFixture[str]):
    Output().table("Found", ["mixed", "amount"], [["3.11", "1"], ["a longer text", None], ["", "1,000"]])
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[-3:] == ["3.11                1", "a longer text       –", "                1,000"]
