"""Answers of Cost Explorer and Invoicing as the AWS CLI saves them, each sample checked against AWS's own model."""

from __future__ import annotations

import copy
import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.model import ListShape, MapShape, Shape, StructureShape

from lake.errors import SettingsError
from quality.reconciling.against import read_all
from quality.reconciling.amounts import ALL, Bill
from quality.reconciling.told import Told

WEB, DATA = "111111111111", "222222222222"


def require_shape(value: Any, shape: Shape, path: str = "") -> None:
    """Fail where a sample is not what AWS's model says an answer is."""
    if isinstance(shape, StructureShape):
        assert set(value) <= set(shape.members), f"{path}: {set(value) - set(shape.members)}"
        for name, part in value.items():
            require_shape(part, shape.members[name], f"{path}.{name}")
    elif isinstance(shape, ListShape):
        for number, part in enumerate(value):
            require_shape(part, shape.member, f"{path}[{number}]")
    elif isinstance(shape, MapShape):
        for name, part in value.items():
            require_shape(part, shape.value, f"{path}.{name}")
    else:
        kinds = {"string": str, "integer": int, "boolean": bool, "timestamp": str}
        assert isinstance(value, kinds[shape.type_name]), path
        assert not getattr(shape, "enum", None) or value in shape.enum, path


def answered(service: str, operation: str, answer: dict[str, Any]) -> dict[str, Any]:
    model = botocore.session.get_session().get_service_model(service)
    require_shape(answer, model.operation_model(operation).output_shape)
    return answer


def costs(*results: dict[str, Any], keys: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    groups = [{"Type": "DIMENSION", "Key": key} for key in keys]
    return answered("ce", "GetCostAndUsage", {"GroupDefinitions": groups, "ResultsByTime": list(results), **more})


def result(start: str, end: str, estimated: bool = False, **metrics: str) -> dict[str, Any]:
    total = {name: {"Amount": amount, "Unit": "USD"} for name, amount in metrics.items()}
    return {"TimePeriod": {"Start": start, "End": end}, "Total": total, "Groups": [], "Estimated": estimated}


def grouped(start: str, end: str, metric: str, *groups: tuple[tuple[str, ...], str]) -> dict[str, Any]:
    told = [{"Keys": list(keys), "Metrics": {metric: {"Amount": cost, "Unit": "USD"}}} for keys, cost in groups]
    return {"TimePeriod": {"Start": start, "End": end}, "Total": {}, "Groups": told, "Estimated": False}


def invoice(number: str, amount: str, payment: tuple[str, str] | None = None, **more: Any) -> dict[str, Any]:
    told = {
        "AccountId": WEB,
        "InvoiceId": number,
        "IssuedDate": "2026-07-02T10:00:00+00:00",
        "BillingPeriod": {"Month": 6, "Year": 2026},
        "InvoiceType": "INVOICE",
        "BaseCurrencyAmount": {"TotalAmount": amount, "TotalAmountBeforeTax": amount, "CurrencyCode": "USD"},
        **more,
    }
    if payment:
        told["PaymentCurrencyAmount"] = {"TotalAmount": payment[0], "CurrencyCode": payment[1]}
    return told


def invoices(*summaries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return answered("invoicing", "ListInvoiceSummaries", {"InvoiceSummaries": list(summaries), **more})


@pytest.fixture
def read(tmp_path: Path):
    def run(answer: Any, name: str = "answer.json") -> tuple[Told, ...]:
        path = tmp_path / name
        path.write_text(answer if isinstance(answer, str) else json.dumps(answer, indent=4))
        return read_all([path])

    return run


def test_a_month_told_by_its_total_is_one_total_per_metric(read):
    told = read(
        costs(
            result(
                "2026-06-01",
                "2026-07-01",
                UnblendedCost="100.5000000001",
                NetUnblendedCost="90",
                AmortizedCost="80",
                NetAmortizedCost="70",
                UsageQuantity="123456",
            )
        )
    )
    assert {(one.source, one.measure, one.amount) for one in told} == {
        ("Cost Explorer UnblendedCost", "billed_cost", Decimal("100.5000000001")),
        ("Cost Explorer NetUnblendedCost", "billed_cost", Decimal(90)),
        ("Cost Explorer AmortizedCost", "amortized_cost", Decimal(80)),
        ("Cost Explorer NetAmortizedCost", "effective_cost", Decimal(70)),
    }
    assert {one.bill for one in told} == {Bill("2026-06", "", "USD")}
    assert {one.tolerance for one in told} == {Decimal("0.01")}
    assert not any(one.is_estimated for one in told)


def test_days_of_a_whole_month_are_added_up_and_an_estimate_of_one_makes_the_month_one(read):
    first = date(2026, 6, 1)
    days = [
        result(str(first + timedelta(days=day)), str(first + timedelta(days=day + 1)), day == 29, UnblendedCost="0.1")
        for day in range(30)
    ]
    [told] = read(costs(*days))
    assert (told.bill.billing_period, told.amount, told.is_estimated) == ("2026-06", Decimal(3), True)


def test_groups_are_added_up_and_accounts_are_told_apart(read):
    told = read(
        costs(
            grouped(
                "2026-06-01",
                "2026-07-01",
                "UnblendedCost",
                (("Amazon S3", WEB), "1.5"),
                (("Amazon EC2", WEB), "2"),
                (("Amazon EC2", DATA), "-0.25"),
            ),
            keys=("SERVICE", "LINKED_ACCOUNT"),
        )
    )
    assert {one.sub_account_id: one.amount for one in told} == {
        "": Decimal("3.25"),
        WEB: Decimal("3.5"),
        DATA: Decimal("-0.25"),
    }
    [alone] = read(
        costs(
            grouped("2026-06-01", "2026-07-01", "UnblendedCost", (("Usage",), "5"), (("Tax",), "1")),
            keys=("RECORD_TYPE",),
        )
    )
    assert (alone.sub_account_id, alone.amount) == ("", 6)


def test_an_invoice_is_told_with_its_number_its_total_and_the_currency_it_is_paid_in(read):
    first, second = read(invoices(invoice("2041", "10.25"), invoice("2042", "20", ("18.40", "EUR"))))
    assert first.bill == Bill("2026-06", WEB, "USD", "2041")
    assert (first.amount, first.in_other_currencies) == (Decimal("10.25"), ())
    assert tuple(second.in_other_currencies) == (("EUR", Decimal("18.40")),)
    assert first.bill.invoice_id != ALL


JUNE = result("2026-06-01", "2026-07-01", UnblendedCost="1")


def without(answer: dict[str, Any], *path: Any) -> dict[str, Any]:
    spoiled = copy.deepcopy(answer)
    part: Any = spoiled
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return spoiled


@pytest.mark.parametrize(
    ("answer", "what", "where"),
    [
        (costs(JUNE, NextPageToken="abc"), "one page of several", "NextPageToken"),
        (invoices(invoice("1", "1"), NextToken="abc"), "one page of several", "NextToken"),
        (costs(result("2026-06-01", "2026-06-20", UnblendedCost="1")), "19 of the 30 days of 2026-06", ""),
        (costs(result("2026-06-01", "2026-08-01", UnblendedCost="1")), "is no month and no day", ""),
        (costs(result("2026-06-01T00:00:00Z", "2026-06-01T01:00:00Z", UnblendedCost="1")), "by hour", ""),
        (costs(JUNE, JUNE), "told twice", "ResultsByTime[1]"),
        (costs(result("2026-06-01", "2026-07-01", UsageQuantity="1")), "no amount of UnblendedCost", ""),
        (costs(result("2026-06-01", "2026-07-01", UnblendedCost="NaN")), "not what Cost Explorer answers", ""),
        (without(costs(JUNE), "ResultsByTime", 0, "TimePeriod"), "not what Cost Explorer answers", "ResultsByTime[0]"),
        (
            without(invoices(invoice("1", "1")), "InvoiceSummaries", 0, "InvoiceId"),
            "not what Invoicing",
            "Summaries[0]",
        ),
        (without(invoices(invoice("1", "1")), "InvoiceSummaries", 0, "BaseCurrencyAmount"), "not what Invoicing", ""),
        (invoices(), "no invoice", ""),
        ({"Reservations": []}, "no answer of Cost Explorer's or of Invoicing's", ""),
        ([1, 2], "no answer of Cost Explorer's or of Invoicing's", ""),
        ('{"ResultsByTime": [', "not whole JSON", ""),
        ("[" * 100_000, "not whole JSON", ""),
    ],
)
def test_what_cannot_be_compared_is_refused_by_file_and_says_what_can(read, answer: Any, what: str, where: str):
    with pytest.raises(SettingsError, match=what) as error:
        read(answer, "spoiled.json")
    assert "spoiled.json" in error.value.where
    assert where in error.value.where
    assert "get-cost-and-usage" in error.value.todo
    assert "list-invoice-summaries" in error.value.todo
    assert "billing_period,billing_account_id" in error.value.todo


def test_json_is_known_by_its_content_whatever_the_file_is_named(read):
    assert read(costs(JUNE), "june.txt")[0].amount == 1
