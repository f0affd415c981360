"""Terraform allows what is asked for, by source, and no more; the docs name the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lake.tables import COLLECTED_SOURCES
from tests.ingestion.collecting.account import fill
from tests.ingestion.collecting.conftest import NOW, Lake
from tests.ingestion.collecting.test_recommendations import NOTHING
from tests.lambdas.policies.needs import FREE, action_of

ROOT = Path(__file__).parents[3]
# What Compute Optimizer and the Hub look at in the caller's name: AWS's reference of their actions says so.
DEPENDENT = {
    "recommendations": {
        *("ec2:DescribeInstances", "ec2:DescribeVolumes", "autoscaling:DescribeAutoScalingGroups"),
        *("rds:DescribeDBInstances", "rds:DescribeDBClusters", "cost-optimization-hub:GetRecommendation"),
    }
}
ANSWERS = {
    **NOTHING,
    "GetMetricData": {"MetricDataResults": []},
    "GetAnomalies": {"Anomalies": []},
    "GetCostAndUsage": {"ResultsByTime": []},
    "DescribeBudgets": {"Budgets": []},
    "GetProducts": {"PriceList": []},
}


def allowed() -> dict[str, set[str]]:
    text = (ROOT / "terraform/modules/collecting/actions.tf").read_text()
    return {
        source: set(re.findall(r'"([a-z0-9-]+:\w+)"', body))
        for source, body in re.findall(r"^    (\w+) = \[(.*?)^    \]", text, re.MULTILINE | re.DOTALL)
    }


def test_terraform_knows_the_sources_that_can_be_collected():
    assert set(allowed()) == set(COLLECTED_SOURCES)
    variables = (ROOT / "terraform/modules/collecting/variables.tf").read_text()
    for names in re.findall(r'\["accounts".*?\]', variables):
        assert set(re.findall(r'"(\w+)"', names)) == set(COLLECTED_SOURCES)


def test_a_source_asks_what_it_is_allowed_and_nothing_else(lake: Lake):
    made = fill(lake.cloud)
    lake.cloud.client("elb").register_instances_with_load_balancer(
        LoadBalancerName="old", Instances=[{"InstanceId": made["running"]}]
    )
    lake.cloud.client("organizations", "us-east-1").create_organization(FeatureSet="ALL")
    for operation, answer in ANSWERS.items():
        lake.cloud.answers[operation] = lambda url, _, answer=answer: answer
    for source in COLLECTED_SOURCES:
        lake.cloud.asked.clear()
        assert lake.collect(source, on=NOW).failed == ()
        asked = {action_of(service, operation) for service, operation in lake.cloud.asked} - FREE
        assert asked | DEPENDENT.get(source, set()) == allowed()[source], source


@pytest.mark.parametrize("source", COLLECTED_SOURCES)
def test_the_docs_name_every_right_of_a_source(source: str):
    (line,) = re.findall(rf"^\| `{source}` \|.*$", (ROOT / "docs/collecting.md").read_text(), re.MULTILINE)
    named = line.rpartition("|")[0].rpartition("|")[2]
    for action in allowed()[source] - DEPENDENT.get(source, set()):
        assert action.partition(":")[2] in named, action
