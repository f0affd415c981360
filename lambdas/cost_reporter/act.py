"""The action `cost_reporter` as the loop sees it: one message and one set of metrics a day."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lake import verdicts
from lake.accounts import Accounts, UnreachableError
from lake.errors import GateClosedError, LakeError
from lake.zones import LEDGER
from lambdas.cost_reporter import metrics, text
from lambdas.cost_reporter.figures import COLUMNS, Digest, digests
from lambdas.runtime.action import Action, Found, Run
from lambdas.runtime.findings import rows_of
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb

TOPIC = "FINOPS_TOPIC"
DIGEST, METRICS = "digest", "metrics"
_ARN = re.compile(r"arn:[\w-]+:sns:(?P<region>[\w-]+):(?P<account>\d{12}):[\w-]+")


@dataclass(frozen=True)
class Told:
    """What there is to tell: figures, acts of the last day, and what is missing."""

    digests: tuple[Digest, ...] = ()
    acts: tuple[Mapping[str, Any], ...] = ()
    missing: tuple[str, ...] = ()


class CostReporter(Action[Told]):
    """Sends the digest to a topic, and puts its figures into CloudWatch; each once a day."""

    name = "cost_reporter"
    mart = "daily_costs"

    def __init__(self) -> None:
        self._told = Told()
        self._day = ""

    def find(self, run: Run, request: Request) -> Found:
        """What is to be told today. Raises GateClosedError when not even the daily costs may be rested on."""
        version, self._told = _read(run, request)
        self._day = f"{run.now:%Y-%m-%d}"
        topic = run.settings.get(TOPIC, "")
        arn = _ARN.fullmatch(topic)
        problem = "" if arn else f"{TOPIC} names no topic" + (f", but {topic!r}" if topic else "")
        place = (arn["account"], arn["region"]) if arn else (_own(run), run.reach.home)
        message = Finding(self._day, DIGEST, DIGEST, topic or "no topic", *place, None, "", problem)
        figures = Finding(self._day, METRICS, METRICS, metrics.NAMESPACE, _own(run), run.reach.home, None, "")
        return Found((message, figures), version)

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Told | Gone | Unknown]:
        """What was read a moment ago."""
        return dict.fromkeys(findings, self._told)

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Told | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """Send what was not sent today."""
        calls = {DIGEST: "sns:Publish", METRICS: "cloudwatch:PutMetricData"}
        return [
            Decision.on(one, Verb.LEAVE, one.problem)
            if one.problem
            else Decision.on(
                one, Verb.SEND, f"the {one.kind} of {one.plan_key}", (f"{calls[one.kind]} {one.resource_id}",)
            )
            for one in findings
        ]

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Neither service can be asked without sending."""
        return Outcome(Status.WOULD_ACT, decision, decision.reason)

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Send it. Raises botocore errors and UnreachableError."""
        told = self._told
        if decision.kind == METRICS:
            client = accounts.client("cloudwatch", decision.account, decision.region)
            figures = metrics.metrics(told.digests, told.acts)
            client.put_metric_data(
                Namespace=metrics.NAMESPACE, MetricData=[{**each, "Timestamp": ticket.now} for each in figures]
            )
            return Outcome(Status.DONE, decision, f"{len(figures)} metrics", undo="None: metrics cannot be taken back.")
        title = text.subject(told.digests, ticket.now.date())
        sent = accounts.client("sns", decision.account, decision.region).publish(
            TopicArn=decision.resource_id,
            Subject=title,
            Message=text.message(title, self._body()),
            MessageStructure="json",
        )
        return Outcome(Status.DONE, decision, title, after={"message_id": sent["MessageId"]}, undo="None: it is sent.")

    def notes(self, outcomes: Sequence[Outcome]) -> list[str]:
        """The digest itself."""
        return [self._body()]

    def _body(self) -> str:
        return text.body(self._told.digests, self._told.acts, self._told.missing)


def _read(run: Run, request: Request) -> tuple[str, Told]:
    version, marts, missing = "", {}, []
    for mart, columns in COLUMNS.items():
        try:
            published, _ = verdicts.require(run.store, mart, now=run.now, max_data_age=request.max_data_age)
            marts[mart] = rows_of(published.rows, mart, columns)
        except (GateClosedError, LakeError) as error:
            # Without the costs there is nothing to tell; any other part that is not proved is left out, and that told.
            if mart == CostReporter.mart:
                raise
            missing.append(f"{mart}: {error.what}")
        else:
            version = version or published.version
    return version, Told(tuple(digests(marts)), tuple(_acts_since(run, run.now - timedelta(days=1))), tuple(missing))


def _acts_since(run: Run, moment: datetime) -> list[Mapping[str, Any]]:
    recent = [file.key for file in run.store.files(f"{LEDGER}/") if file.written_at >= moment]
    found = []
    for key in recent:
        try:
            found.append(json.loads(run.store.read(key) or b"{}"))
        except ValueError:
            found.append({"action": "an entry that cannot be read", "verb": ""})
    return [act for act in found if act.get("action") != CostReporter.name]


def _own(run: Run) -> str:
    try:
        return run.accounts.own_account(run.reach.home)
    except UnreachableError:
        return ""
