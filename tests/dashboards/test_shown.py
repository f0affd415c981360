"""How amounts and names are written."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from dashboards import shown


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1234.5", "USD", "$1,234.50"),
        ("-3.1", "USD", "−$3.10"),
        ("0.005", "EUR", "€0.01"),
        ("-0.004", "USD", "$0.00"),
        ("12", "CNY", "CNY 12.00"),
    ],
)
def test_money_is_rounded_to_cents(amount: str, currency: str, text: str) -> None:
    assert shown.money(Decimal(amount), currency) == text


def test_unknown_amount_is_a_dash_never_a_zero() -> None:
    assert shown.money(None, "USD") == "–"


def test_exact_amount_has_no_exponent() -> None:
    assert shown.exact(Decimal("0E-10")) == "0.0000000000"


def test_days_of_a_month_to_date_and_of_a_whole_month() -> None:
    assert [shown.days_of("2026-11", last) for last in (22, 1, None)] == ["1–22 Nov", "1 Nov", "Nov 2026"]


def test_arn_is_known_by_its_last_part() -> None:
    arn = "arn:aws:ec2:eu-west-1:210987654321:natgateway/nat-0a1b"
    assert shown.resource(arn) == ("nat-0a1b", arn)
    assert shown.resource("arn:aws:lambda:eu-west-1:1:function:report")[0] == "report"
    assert shown.resource("vol-1") == ("vol-1", "")


def test_json_cannot_end_its_script_and_reads_back_the_same() -> None:
    value = {"name": '</script><!--<script>alert("x")&\u2028'}
    text = shown.script_json(value)
    assert "<" not in text
    assert "\u2028" not in text
    assert json.loads(text) == value
