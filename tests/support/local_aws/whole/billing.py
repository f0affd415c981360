"""Services of billing that moto lacks, each a table of what was put into it."""

from __future__ import annotations

import copy
import uuid

from tests.support.local_aws.whole.answers import ACCOUNT, ANSWERS, KEPT, Body, RefusedError, answers

BUDGETS = "AWSBudgetServiceGateway"
EXPLORER = "AWSInsightsIndexService"
REPORTS = "AWSOrigamiServiceGatewayService"
EXPORTS = "AWSBillingAndCostManagementDataExports"
HUB = "CostOptimizationHubService"
VIEW = f"arn:aws:billing::{ACCOUNT}:billingview/primary"


def teach() -> None:
    """The answers below are there once this module is imported; this makes the tables empty."""
    KEPT.clear()


def _of(table: str, name: str) -> Body:
    if name not in KEPT[table]:
        raise RefusedError("ResourceNotFoundException", f"There is no {name}.")
    return KEPT[table][name]


@answers(f"{BUDGETS}.DescribeSubscribersForNotification")
def _subscribers(body: Body) -> Body:
    from moto.budgets.models import budgets_backends

    budget = budgets_backends[body["AccountId"]]["aws"].budgets[body["AccountId"]][body["BudgetName"]]
    for one in budget.notifications:
        if one.details == body["Notification"]:
            return {"Subscribers": one.subscribers}
    raise RefusedError("NotFoundException", "There is no such notification.")


@answers(f"{BUDGETS}.ListTagsForResource")
def _budget_tags(body: Body) -> Body:
    return {"ResourceTags": KEPT["budget tags"].get(body["ResourceARN"], [])}


def _monitors(plural: str, singular: str, name: str) -> None:
    """Create, get, update and delete of one kind of thing that watches for anomalies."""

    def create(body: Body) -> Body:
        arn = f"arn:aws:ce::{ACCOUNT}:{singular.lower()}/{uuid.uuid4()}"
        KEPT[plural][arn] = {**body[singular], name: arn}
        KEPT["explorer tags"][arn] = body.get("ResourceTags", [])
        return {name: arn}

    def get(body: Body) -> Body:
        wanted = body.get(f"{name}List") or list(KEPT[plural])
        return {plural: [KEPT[plural][arn] for arn in wanted if arn in KEPT[plural]]}

    def delete(body: Body) -> Body:
        KEPT[plural].pop(body[name], None)
        return {}

    ANSWERS[f"{EXPLORER}.Create{singular}"] = create
    ANSWERS[f"{EXPLORER}.Get{plural}"] = get
    ANSWERS[f"{EXPLORER}.Delete{singular}"] = delete


_monitors("AnomalyMonitors", "AnomalyMonitor", "MonitorArn")
_monitors("AnomalySubscriptions", "AnomalySubscription", "SubscriptionArn")


@answers(f"{EXPLORER}.ListTagsForResource")
def _explorer_tags(body: Body) -> Body:
    return {"ResourceTags": KEPT["explorer tags"].get(body["ResourceArn"], [])}


@answers(f"{REPORTS}.PutReportDefinition")
def _put_report(body: Body) -> Body:
    name = body["ReportDefinition"]["ReportName"]
    KEPT["reports"][name] = body["ReportDefinition"]
    KEPT["report tags"][name] = body.get("Tags", [])
    return {}


@answers(f"{REPORTS}.DescribeReportDefinitions")
def _reports(_: Body) -> Body:
    return {"ReportDefinitions": list(KEPT["reports"].values())}


@answers(f"{REPORTS}.ListTagsForResource")
def _report_tags(body: Body) -> Body:
    return {"Tags": KEPT["report tags"].get(body["ReportName"], [])}


@answers(f"{REPORTS}.DeleteReportDefinition")
def _delete_report(body: Body) -> Body:
    KEPT["reports"].pop(body["ReportName"], None)
    return {}


@answers(f"{EXPORTS}.CreateExport")
def _create_export(body: Body) -> Body:
    arn = f"arn:aws:bcm-data-exports:us-east-1:{ACCOUNT}:export/{body['Export']['Name']}-{uuid.uuid4()}"
    KEPT["exports"][arn] = {**body["Export"], "ExportArn": arn}
    KEPT["export tags"][arn] = body.get("ResourceTags", [])
    return {"ExportArn": arn}


@answers(f"{EXPORTS}.GetExport")
def _get_export(body: Body) -> Body:
    export = copy.deepcopy(_of("exports", body["ExportArn"]))
    # AWS names the view where nobody did, and Terraform then takes the export for another one.
    tables = export["DataQuery"].get("TableConfigurations", {})
    if "COST_AND_USAGE_REPORT" in tables:
        tables["COST_AND_USAGE_REPORT"].setdefault("BILLING_VIEW_ARN", VIEW)
    return {"Export": export, "ExportStatus": {"StatusCode": "HEALTHY"}}


@answers(f"{EXPORTS}.ListTagsForResource")
def _export_tags(body: Body) -> Body:
    return {"ResourceTags": KEPT["export tags"].get(body["ResourceArn"], [])}


@answers(f"{EXPORTS}.DeleteExport")
def _delete_export(body: Body) -> Body:
    _of("exports", body["ExportArn"])
    del KEPT["exports"][body["ExportArn"]]
    return {"ExportArn": body["ExportArn"]}


@answers(f"{HUB}.UpdateEnrollmentStatus")
def _enroll(body: Body) -> Body:
    KEPT["hub"]["status"] = body["status"]
    KEPT["hub"]["members"] = body.get("includeMemberAccounts", False)
    return {"status": f"The account is {body['status']}"}


@answers(f"{HUB}.ListEnrollmentStatuses")
def _enrolled(_: Body) -> Body:
    status = KEPT["hub"].get("status", "Inactive")
    return {
        "items": [{"accountId": ACCOUNT, "status": status}],
        "includeMemberAccounts": KEPT["hub"].get("members", False),
    }


# Asked by `finops collect`: an account in which AWS has nothing to recommend.
for _target, _empty in {
    **{
        f"ComputeOptimizerService.Get{what}Recommendations": {key: [], "errors": []}
        for what, key in {
            "EC2Instance": "instanceRecommendations",
            "AutoScalingGroup": "autoScalingGroupRecommendations",
            "EBSVolume": "volumeRecommendations",
            "RDSDatabase": "rdsDBRecommendations",
            "Idle": "idleRecommendations",
        }.items()
    },
    f"{HUB}.ListRecommendations": {"items": []},
    f"{EXPLORER}.GetRightsizingRecommendation": {"RightsizingRecommendations": []},
    f"{EXPLORER}.GetAnomalies": {"Anomalies": []},
}.items():
    ANSWERS[_target] = lambda _, empty=_empty: dict(empty)  # type: ignore[misc]
