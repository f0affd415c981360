"""Accounts, budgets and anomalies: what the payer's account tells, kept where AWS forgets."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.ingestion.collecting.conftest import OWN, Lake


def test_accounts_of_the_organization_are_told_with_their_status(lake: Lake):
    client = lake.cloud.client("organizations", "us-east-1")
    client.create_organization(FeatureSet="ALL")
    made = client.create_account(Email="shop@example.com", AccountName="shop")["CreateAccountStatus"]["AccountId"]
    assert lake.collect("accounts").failed == ()
    told = {row["account_id"]: row for row in lake.rows("accounts")}
    assert set(told) == {OWN, made}
    assert (told[made]["account_name"], told[made]["status"]) == ("shop", "ACTIVE")
    assert told[made]["management_account_id"] == OWN


def test_an_account_outside_of_an_organization_is_told(lake: Lake):
    ((_, failed),) = lake.collect("accounts").failed
    assert failed.status == "unavailable"


def test_budgets_are_told_with_what_they_count(lake: Lake):
    budget = {
        "BudgetName": "web",
        "BudgetLimit": {"Amount": "1200.50", "Unit": "USD"},
        "TimeUnit": "MONTHLY",
        "BudgetType": "COST",
        "CostFilters": {"Service": ["Amazon EC2", "Amazon RDS"]},
        "CalculatedSpend": {
            "ActualSpend": {"Amount": "37.123", "Unit": "USD"},
            "ForecastedSpend": {"Amount": "1300", "Unit": "USD"},
        },
    }
    lake.cloud.answers["DescribeBudgets"] = lambda url, _: {"Budgets": [budget]}
    assert lake.collect("budgets").failed == ()
    (row,) = lake.rows("budgets")
    assert (row["account_id"], row["limit_amount"], row["unit"]) == (OWN, Decimal("1200.50"), "USD")
    assert (row["actual_amount"], row["forecasted_amount"]) == (Decimal("37.123"), Decimal(1300))
    assert row["cost_filters"] == {"Service": "Amazon EC2,Amazon RDS"}


def test_anomalies_are_told_with_their_first_cause_and_all_of_them(lake: Lake):
    causes = [{"Service": "Amazon EC2", "Region": "eu-west-1", "LinkedAccount": OWN, "UsageType": "BoxUsage"}] * 2
    anomaly = {
        "AnomalyId": "a-1",
        "AnomalyStartDate": "2026-11-20T00:00:00Z",
        "AnomalyEndDate": "2026-11-21T00:00:00Z",
        "RootCauses": causes,
        "AnomalyScore": {"MaxScore": 0.9, "CurrentScore": 0.5},
        "Impact": {"MaxImpact": 60.0, "TotalImpact": 100.1, "TotalActualSpend": 150.1, "TotalExpectedSpend": 50.0},
        "MonitorArn": "arn:aws:ce::123456789012:anomalymonitor/x",
    }
    pages: dict[Any, Any] = {None: {"Anomalies": [], "NextPageToken": "2"}, "2": {"Anomalies": [anomaly]}}
    lake.cloud.answers["GetAnomalies"] = lambda url, params: pages[params.get("NextPageToken")]
    report = lake.collect("anomalies")
    assert (report.failed, report.spent) == ((), Decimal("0.02"))
    (row,) = lake.rows("anomalies")
    assert (row["started_on"], row["ended_on"]) == (date(2026, 11, 20), date(2026, 11, 21))
    assert (row["impact_cost"], row["actual_cost"]) == (Decimal("100.1"), Decimal("150.1"))
    assert (row["service_name"], row["cause_count"]) == ("Amazon EC2", 2)
