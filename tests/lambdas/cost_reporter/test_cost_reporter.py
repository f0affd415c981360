"""What the digest says, and that it is sent once a day."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from moto import mock_aws

from lake import verdicts, zones
from lake.errors import GateClosedError
from lambdas.cost_reporter.figures import digests
from lambdas.cost_reporter.metrics import metrics
from lambdas.cost_reporter.text import body, message, subject
from lambdas.runtime.model import Request, Status
from tests.lambdas.builders import NOW, OWN, REGION, verdict
from tests.lambdas.cloud import Cloud

DAY = date(2026, 11, 25)


def day(offset: int, cost: str, currency: str = "USD") -> dict[str, Any]:
    on = DAY - timedelta(offset)
    return {
        "billing_period": f"{on:%Y-%m}",
        "billing_account_id": OWN,
        "charged_on": on,
        "service_name": "A",
        "billing_currency": currency,
        "effective_cost": Decimal(cost),
    }


def test_weeks_are_seven_days_each_and_months_end_with_the_month() -> None:
    (told,) = digests({"daily_costs": [day(offset, "1") for offset in range(40)]})
    assert (told.week, told.week_before, told.month) == (7, 7, 25)
    assert told.through == DAY
    assert told.forecast is None


def test_currencies_are_never_added() -> None:
    told = digests({"daily_costs": [day(0, "10"), day(0, "70", "EUR"), day(9, "3", "EUR")]})
    assert [(one.currency, one.month) for one in told] == [("EUR", 73), ("USD", 10)]


def test_each_part_is_of_the_newest_month_and_the_largest_first() -> None:
    def mover(service: str, change: str, period: str = "2026-11") -> dict[str, Any]:
        names = {"billing_period": period, "sub_account_name": "web", "service_name": service}
        return {**names, "billing_currency": "USD", "effective_cost_change": Decimal(change)}

    marts = {
        "daily_costs": [day(0, "10")],
        "cost_movers": [
            mover("A", "5"),
            mover("B", "-9"),
            mover("A", "1"),
            mover("C", "99", "2026-10"),
            mover("D", "0"),
        ],
        "cost_anomalies": [
            {
                "anomaly_id": "1",
                "charged_on": DAY - timedelta(offset),
                "sub_account_name": "web",
                "service_name": "A",
                "billing_currency": "USD",
                "impact_cost": Decimal(4),
                "cause": "usage",
            }
            for offset in (0, 1, 7)
        ],
        "cost_forecasts": [
            {
                "billing_period": "2026-11",
                "horizon": horizon,
                "scope": scope,
                "measure": measure,
                "ends_on": DAY,
                "billing_currency": "USD",
                "forecast_cost": Decimal(20),
            }
            for horizon, scope, measure in [
                ("month", "payer", "effective_cost"),
                ("month", "payer", "billed_cost"),
                ("quarter", "payer", "effective_cost"),
                ("month", "account_service", "effective_cost"),
            ]
        ],
        "savings": [
            {
                "is_latest_period": latest,
                "is_counted": counted,
                "lever": lever,
                "billing_currency": "USD",
                "monthly_savings_cost": Decimal(amount),
            }
            for latest, counted, lever, amount in [
                (True, True, "idle", 3),
                (True, True, "idle", 4),
                (True, False, "idle", 50),
                (False, True, "idle", 50),
                (True, True, "rightsize", 9),
            ]
        ],
    }
    (told,) = digests(marts)
    assert told.movers == (("web", "B", -9), ("web", "A", 6))
    assert told.anomalies == (("web", "A", 8),)
    assert told.forecast == 20
    assert told.savings == (("rightsize", 9), ("idle", 7))
    text = body([told], [{"action": "scheduler", "verb": "stop"}] * 2, ["savings: not validated"])
    for line in (
        "This month 10.00, forecast 20.00",
        "• web, B: -9.00",
        "• web, A: +8.00",
        "Could be saved: 16.00 a month",
        "• scheduler: stop 2",
        "Not told: savings: not validated",
    ):
        assert line in text.splitlines()
    named = {(each["MetricName"], each["Value"]) for each in metrics([told], [])}
    assert {("EffectiveCostOfMonth", 10.0), ("PossibleMonthlySavings", 16.0), ("ForecastOfMonth", 20.0)} <= named


def test_metrics_tell_the_dearest_services_and_how_much_of_each_budget_is_used() -> None:
    daily = [{**day(0, str(cost)), "service_name": f"service {cost:02}"} for cost in range(20)]
    daily.append({**day(40, "99"), "service_name": "of an older month"})
    budget = {"sub_account_id": OWN, "billing_currency": "USD"}
    budgets = [
        {**budget, "billing_period": "2026-11", "budget_name": "Größe", "used_pct": 81.5},
        {**budget, "billing_period": "2026-11", "budget_name": "untold", "used_pct": None},
        {**budget, "billing_period": "2026-10", "budget_name": "Größe", "used_pct": 99.0},
    ]
    told = metrics(digests({"daily_costs": daily, "budget_adherence": budgets}), [])
    dimensions = [({one["Name"]: one["Value"] for one in each.get("Dimensions", ())}, each) for each in told]
    services = [(found["Service"], each["Value"]) for found, each in dimensions if "Service" in found]
    assert services == [(f"service {cost:02}", float(cost)) for cost in range(19, 7, -1)]
    (used,) = [(found, each["Value"], each["Unit"]) for found, each in dimensions if "Budget" in found]
    assert used == ({"Account": OWN, "Budget": "Gr??e"}, 81.5, "Percent")


def test_digest_tells_budgets_and_what_was_really_saved() -> None:
    def saved(action: str, status: str, cost: str | None) -> dict[str, Any]:
        amount = None if cost is None else Decimal(cost)
        return {"action": action, "status": status, "billing_currency": "USD", "saved_cost": amount}

    marts = {
        "daily_costs": [day(0, "10")],
        "budget_adherence": [
            {
                "billing_period": "2026-11",
                "sub_account_id": OWN,
                "budget_name": "all",
                "billing_currency": "USD",
                "used_pct": 84.6,
            }
        ],
        "realized_savings": [
            saved("idle_cleanup", "CONFIRMED", "15.5"),
            saved("idle_cleanup", "REGRESSED", "-2"),
            saved("idle_cleanup", "NO_EFFECT", None),
            saved("idle_cleanup", "PENDING", "99"),
            saved("rightsizing", "VANISHED", "99"),
            saved("rightsizing", "CONFIRMED", "20"),
        ],
    }
    lines = body(digests(marts), [], []).splitlines()
    start = lines.index("Budgets")
    assert lines[start : start + 6] == [
        "Budgets",
        f"• {OWN}, all: 85 % used",
        "Really saved, as the bill tells",
        "• rightsizing: 20.00",
        "• idle_cleanup: 13.50",
        "Lost again: the saving of 1 acts",
    ]


def test_message_has_a_form_for_mail_and_one_for_chat() -> None:
    told = json.loads(message("Title", "Text"))
    assert told["default"] == told["email"] == "Text"
    assert json.loads(told["https"])["content"] == {"title": "Title", "description": "Text"}


def test_subject_is_short_and_plain() -> None:
    told = digests({"daily_costs": [day(0, "10", f"X{number:02}é") for number in range(20)]})
    assert len(subject(told, DAY)) <= 100
    assert subject(told, DAY).isascii()


class Told(Cloud):
    services = ("sns", "cloudwatch")

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.topic = self.client("sns").create_topic(Name="finops")["TopicArn"]
        queue = self.client("sqs").create_queue(QueueName="q")["QueueUrl"]
        self.queue = queue
        arn = self.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]
        self.client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=arn["QueueArn"])
        costs = [{**day(0, "12.34"), "charged_on": NOW.date(), "billing_period": f"{NOW:%Y-%m}"}]
        schema = pa.schema(
            [
                ("billing_period", pa.string()),
                ("billing_account_id", pa.string()),
                ("charged_on", pa.date32()),
                ("service_name", pa.string()),
                ("billing_currency", pa.string()),
                ("effective_cost", pa.decimal128(38, 10)),
            ]
        )
        sink = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(costs, schema=schema), sink)
        self.store.write(zones.published_mart("daily_costs"), sink.getvalue())
        verdicts.record(self.store, verdict(hashlib.sha256(sink.getvalue()).hexdigest(), mart="daily_costs"))

    def mail(self) -> list[str]:
        told = self.client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(each["Body"])["Message"] for each in told]


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Told]:
    with mock_aws():
        yield Told(tmp_path)


def test_digest_is_sent_once_a_day(cloud: Told) -> None:
    settings = {"FINOPS_TOPIC": cloud.topic}
    first = cloud.act("cost_reporter", settings=settings)
    again = cloud.act("cost_reporter", settings=settings)
    tomorrow = cloud.act("cost_reporter", settings=settings, now=NOW + timedelta(hours=25))
    assert [out.status for out in first.outcomes] == [Status.DONE, Status.DONE]
    assert [out.status for out in again.outcomes] == [Status.ALREADY_DONE, Status.ALREADY_DONE]
    assert [out.status for out in tomorrow.outcomes] == [Status.DONE, Status.DONE]
    assert cloud.changes() == ["Publish", "PutMetricData"] * 2
    (text, _) = cloud.mail()
    assert "This month 12.34" in text
    assert "Not told: savings: The mart savings is not published." in text


def test_dry_run_shows_the_digest_and_sends_nothing(cloud: Told) -> None:
    report = cloud.act("cost_reporter", Request(), settings={"FINOPS_TOPIC": cloud.topic})
    assert "This month 12.34" in report.notes[0]
    assert cloud.changes() == []
    assert cloud.mail() == []


@pytest.mark.parametrize("topic", ["", "finops", f"arn:aws:sqs:{REGION}:{OWN}:finops"])
def test_without_a_topic_the_metrics_are_sent_all_the_same(cloud: Told, topic: str) -> None:
    report = cloud.act("cost_reporter", settings={"FINOPS_TOPIC": topic} if topic else {})
    assert [out.status for out in report.outcomes] == [Status.LEFT_ALONE, Status.DONE]


def test_acts_of_the_last_day_are_told(cloud: Told) -> None:
    cloud.store.write(
        zones.ledger_entry("scheduler", "a"), json.dumps({"action": "scheduler", "verb": "stop"}).encode()
    )
    cloud.store.write(zones.ledger_entry("scheduler", "b"), b"{")
    (text,) = cloud.act("cost_reporter", Request()).notes
    assert "• scheduler: stop 1" in text
    assert "an entry that cannot be read" in text


def test_without_proved_costs_nothing_is_told(cloud: Told) -> None:
    cloud.store.write(zones.published_mart("daily_costs"), b"other bytes")
    with pytest.raises(Exception, match="daily_costs"):
        cloud.act("cost_reporter")
    cloud.store.delete(zones.published_mart("daily_costs"))
    with pytest.raises(GateClosedError):
        cloud.act("cost_reporter")
    assert cloud.changes() == []
