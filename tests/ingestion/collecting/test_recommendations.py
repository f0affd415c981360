"""What AWS recommends becomes a row per option. The answers fit AWS's own model; what they say is a test's."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.ingestion.collecting.conftest import OWN, REGION, Lake

ARN = f"arn:aws:ec2:{REGION}:{OWN}"
NOTHING = {
    "GetEC2InstanceRecommendations": {"instanceRecommendations": []},
    "GetAutoScalingGroupRecommendations": {"autoScalingGroupRecommendations": []},
    "GetEBSVolumeRecommendations": {"volumeRecommendations": []},
    "GetRDSDatabaseRecommendations": {"rdsDBRecommendations": []},
    "GetIdleRecommendations": {"idleRecommendations": []},
    "ListRecommendations": {"items": []},
    "GetRightsizingRecommendation": {"RightsizingRecommendations": []},
}


@pytest.fixture
def aws(lake: Lake) -> Lake:
    """An account for which AWS has no recommendation at all, until a test has it answer."""
    for operation, answer in NOTHING.items():
        lake.cloud.answers[operation] = lambda url, _, answer=answer: answer
    return lake


def saved(amount: float) -> dict[str, Any]:
    opportunity = {"savingsOpportunityPercentage": 50.0}
    return {"savingsOpportunity": opportunity | {"estimatedMonthlySavings": {"currency": "USD", "value": amount}}}


def instance(number: int, *options: dict[str, Any]) -> dict[str, Any]:
    return {
        "instanceArn": f"{ARN}:instance/i-{number}",
        "accountId": OWN,
        "instanceName": "web",
        "currentInstanceType": "m5.2xlarge",
        "finding": "Overprovisioned",
        "findingReasonCodes": ["CPUOverprovisioned"],
        "lookBackPeriodInDays": 14.0,
        "lastRefreshTimestamp": datetime(2026, 11, 25, 3, tzinfo=UTC),
        "recommendationOptions": list(options),
    }


def test_each_option_of_compute_optimizer_is_a_row_and_every_page_is_read(aws: Lake):
    first = instance(1, *({"instanceType": kind, "rank": rank, **saved(70.08)} for rank, kind in ((1, "a"), (2, "b"))))
    pages = {
        None: {"instanceRecommendations": [first], "nextToken": "2"},
        "2": {"instanceRecommendations": [instance(2)]},
    }
    aws.cloud.answers["GetEC2InstanceRecommendations"] = lambda url, params: pages[params.get("nextToken")]
    assert aws.collect("recommendations").failed == ()
    rows = sorted(aws.rows("recommendations"), key=lambda row: (row["resource_id"], row["rank"] or 0))
    assert [(row["resource_id"], row["rank"], row["recommended_type"]) for row in rows] == [
        *(("i-1", 1, "a"), ("i-1", 2, "b"), ("i-2", None, None)),
    ]
    row = rows[0]
    assert row["monthly_savings_cost"] == Decimal("70.0800000000")
    assert (row["account_id"], row["region_id"], row["resource_type"]) == (OWN, REGION, "instance")
    assert (row["finding_reasons"], row["current_type"]) == ("CPUOverprovisioned", "m5.2xlarge")


def test_volumes_groups_databases_and_what_is_idle_are_told_too(aws: Lake):
    old, new = {"volumeType": "gp2", "volumeSize": 100}, {"volumeType": "gp3", "volumeSize": 100}
    option = {"configuration": new, "rank": 1, **saved(2.0)}
    volume = {"volumeArn": f"{ARN}:volume/vol-1", "currentConfiguration": old, "volumeRecommendationOptions": [option]}
    group_arn = f"arn:aws:autoscaling:{REGION}:{OWN}:autoScalingGroup:x:autoScalingGroupName/web"
    group = {"autoScalingGroupArn": group_arn, "autoScalingGroupName": "web", "recommendationOptions": []}
    database = {"resourceArn": f"arn:aws:rds:{REGION}:{OWN}:db:orders", "currentDBInstanceClass": "db.m5.large"}
    idle = {"resourceArn": f"{ARN}:volume/vol-2", "resourceType": "EBSVolume", "finding": "Unattached", **saved(8.0)}
    for operation, (field, told) in {
        "GetEBSVolumeRecommendations": ("volumeRecommendations", volume),
        "GetAutoScalingGroupRecommendations": ("autoScalingGroupRecommendations", group),
        "GetRDSDatabaseRecommendations": ("rdsDBRecommendations", database),
        "GetIdleRecommendations": ("idleRecommendations", idle),
    }.items():
        aws.cloud.answers[operation] = lambda url, _, field=field, told=told: {field: [told]}
    assert aws.collect("recommendations").failed == ()
    told = {row["resource_id"]: row for row in aws.rows("recommendations")}
    assert told["vol-1"]["recommended_type"] == "gp3 100 GiB"
    assert (told["vol-2"]["resource_type"], told["vol-2"]["action"]) == ("volume", "Delete")
    assert told["vol-2"]["monthly_savings_cost"] == Decimal(8)
    assert told["orders"]["resource_type"] == "database"
    assert told["web"]["resource_type"] == "auto_scaling_group"


def test_an_answer_in_part_is_no_answer(aws: Lake):
    error = {"identifier": "i-9", "code": "InternalFailure", "message": "later"}
    aws.cloud.answers["GetEC2InstanceRecommendations"] = lambda url, _: {
        "instanceRecommendations": [instance(1)],
        "errors": [error],
    }
    ((_, failed),) = aws.collect("recommendations").failed
    assert "1 resources were left out: InternalFailure later" in failed.reason
    assert aws.rows("recommendations") == []


def test_an_account_that_did_not_opt_in_is_told_and_the_other_services_answer(aws: Lake):
    for operation in NOTHING:
        if operation.startswith("Get") and operation != "GetRightsizingRecommendation":
            aws.cloud.fails(operation, "OptInRequiredException")
    report = aws.collect("recommendations")
    assert {answer.status for _, answer in report.failed} == {"unavailable"}
    assert {answer.part for answer in report.sources[0].answers if answer.is_ok} == {"hub", "cost_explorer_rightsizing"}


def test_the_hub_is_asked_once_for_all_accounts_and_regions(aws: Lake):
    item = {
        "recommendationId": "r-1",
        "accountId": "222222222222",
        "region": "us-east-1",
        "resourceId": "i-7",
        "currentResourceType": "Ec2Instance",
        "actionType": "Stop",
        "estimatedMonthlySavings": 0.1,
        "currencyCode": "USD",
        "restartNeeded": True,
    }
    aws.cloud.answers["ListRecommendations"] = lambda url, _: {"items": [item]}
    aws.collect("recommendations", regions=(REGION, "us-east-1"))
    (row,) = aws.rows("recommendations")
    assert (row["account_id"], row["region_id"], row["resource_type"]) == ("222222222222", "us-east-1", "instance")
    # The shortest text of the double, not 0.1000000000000000055.
    assert row["monthly_savings_cost"] == Decimal("0.1000000000")


def test_cost_explorer_says_terminate_or_to_what_to_change(aws: Lake):
    def current(name: str) -> dict[str, Any]:
        details = {"EC2ResourceDetails": {"InstanceType": "m5.xlarge", "Region": "EU (Frankfurt)"}}
        return {"ResourceId": name, "MonthlyCost": "140.16", "CurrencyCode": "USD", "ResourceDetails": details}

    def target(kind: str, amount: str, *, is_default: bool) -> dict[str, Any]:
        details = {"EC2ResourceDetails": {"InstanceType": kind}}
        return {"EstimatedMonthlySavings": amount, "DefaultTargetInstance": is_default, "ResourceDetails": details}

    targets = [target("m5.medium", "90", is_default=False), target("m5.large", "70.08", is_default=True)]
    answer = {
        "Metadata": {"LookbackPeriodInDays": "FOURTEEN_DAYS"},
        "RightsizingRecommendations": [
            {
                "AccountId": OWN,
                "CurrentInstance": current("i-1"),
                "RightsizingType": "TERMINATE",
                "TerminateRecommendationDetail": {"EstimatedMonthlySavings": "140.16"},
            },
            {
                "AccountId": OWN,
                "CurrentInstance": current("i-2"),
                "RightsizingType": "MODIFY",
                "ModifyRecommendationDetail": {"TargetInstances": targets},
            },
        ],
    }
    aws.cloud.answers["GetRightsizingRecommendation"] = lambda url, _: answer
    report = aws.collect("recommendations")
    assert report.spent == Decimal("0.01")
    rows = sorted(aws.rows("recommendations"), key=lambda row: (row["resource_id"], row["rank"]))
    assert [(row["action"], row["recommended_type"], row["monthly_savings_cost"]) for row in rows] == [
        ("Terminate", None, Decimal("140.16")),
        ("Rightsize", "m5.large", Decimal("70.08")),
        ("Rightsize", "m5.medium", Decimal(90)),
    ]
    assert rows[0]["look_back_days"] == 14
