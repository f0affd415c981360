"""What moto is told and then forgets, or takes too literally: Terraform would see a change in it at every plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.local_aws.whole.answers import ACCOUNT, KEPT, Body, answers

if TYPE_CHECKING:
    from tests.support.local_aws.server import LocalAws

NOTIFICATION = (
    "<NotificationConfiguration xmlns='http://s3.amazonaws.com/doc/2006-03-01/'>"
    "<EventBridgeConfiguration/></NotificationConfiguration>"
)


def patch(account: LocalAws) -> None:
    _conditions(account)
    _markers(account)
    _events_of_buckets(account)
    _tags_of_budgets(account)


def _conditions(account: LocalAws) -> None:
    """moto takes a policy's Deny without its condition: nobody could write where calls without TLS are denied."""
    from moto.iam.access_control import IAMPolicyStatement, PermissionResult

    before = IAMPolicyStatement.is_action_permitted

    def permitted(self: Any, *given: Any, **named: Any) -> Any:
        if self._statement.get("Effect") == "Deny" and self._statement.get("Condition"):
            return PermissionResult.NEUTRAL
        return before(self, *given, **named)

    account.patch(IAMPolicyStatement, "is_action_permitted", permitted)


def _markers(account: LocalAws) -> None:
    """moto stumbles over the marker of a deleted object when a bucket is emptied of all its versions."""
    from moto.s3.models import FakeDeleteMarker

    account.patch(FakeDeleteMarker, "dispose", lambda *_, **__: None)


def _events_of_buckets(account: LocalAws) -> None:
    from moto.s3.responses import S3Response

    before = S3Response.get_bucket_notification

    def notification(self: Any) -> Any:
        told = self.backend.get_bucket_notification_configuration(self.bucket_name)
        if told and told.event_bridge is not None and not (told.topic or told.queue or told.cloud_function):
            return 200, {"Content-Type": "application/xml"}, NOTIFICATION
        return before(self)

    account.patch(S3Response, "get_bucket_notification", notification)


def _tags_of_budgets(account: LocalAws) -> None:
    from moto.budgets.responses import BudgetsResponse

    before = BudgetsResponse.create_budget

    def create(self: Any) -> Any:
        name = self._get_param("Budget")["BudgetName"]
        arn = f"arn:aws:budgets::{self._get_param('AccountId')}:budget/{name}"
        KEPT["budget tags"][arn] = list(self._get_param("ResourceTags") or [])
        return before(self)

    account.patch(BudgetsResponse, "create_budget", create)


@answers("AWSStepFunctions.ValidateStateMachineDefinition")
def _valid(body: Body) -> Body:
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    StepFunctionsParserBackend._validate_definition(body["definition"])
    return {"result": "OK", "diagnostics": [], "truncated": False}


@answers("AWSStepFunctions.ListStateMachineVersions")
def _versions(_: Body) -> Body:
    return {"stateMachineVersions": []}


@answers("AmazonAthena.DeleteNamedQuery")
def _delete_query(body: Body) -> Body:
    from moto.athena.models import athena_backends

    for backend in athena_backends[ACCOUNT].values():
        backend.named_queries.pop(body["NamedQueryId"], None)
    return {}
