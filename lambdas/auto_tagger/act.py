"""The action `auto_tagger` as the loop sees it: what lacks tags, by the bill and by the accounts; and writing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any

from lake import zones
from lake.accounts import Accounts, UnreachableError, code_of, in_words
from lake.errors import SettingsError
from lambdas.auto_tagger import bill, decide, look
from lambdas.auto_tagger.bill import Billed
from lambdas.auto_tagger.decide import PLACE, Untagged
from lambdas.auto_tagger.look import Client
from lambdas.auto_tagger.rules import (
    PROVENANCE,
    Resource,
    Rules,
    RulesError,
    bill_key,
    ignore_tags,
    load,
    missing,
    needs_creator,
)
from lambdas.runtime.action import Action, Found, Run
from lambdas.runtime.findings import newest_month
from lambdas.runtime.model import Caps, Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb
from lambdas.runtime.places import Place, places

# CloudTrail answers two questions a second: who made what the other rules do not know is asked for so many a run.
MOST_QUESTIONS = 50
_TRIED_AGAIN = ("InternalServiceException", "ThrottlingException")


class AutoTagger(Action[Untagged]):
    """Writes keys that are absent, by rule, and nothing else."""

    name = "auto_tagger"
    mart = bill.MART
    # A tag costs nothing and takes nothing away.
    caps = Caps(max_count=500, max_monthly_cost=Decimal(10**12), max_share_pct=Decimal(100), max_per_owner=500)
    # The tags themselves tell what was done.
    is_once = False

    def __init__(self) -> None:
        self._live: dict[Finding, Untagged | Unknown] = {}
        self._untagged: dict[Finding, Untagged] = {}
        self._billed: dict[tuple[str, str, str], Billed] = {}
        self._rules = Rules()
        self._questions = 0

    def find(self, run: Run, request: Request) -> Found:
        """What lacks tags. Raises SettingsError without rules, GateClosedError when the bill may not be rested on."""
        self._rules = _rules(run)
        path, version = newest_month(run, self.mart, request)
        self._billed = bill.read(path)
        there = dict.fromkeys(places(run))
        on_bill = {Place(one.account, one.region) for one in self._billed.values() if self._is_wanting(one)}
        findings = [
            finding
            for place in [*there, *sorted(on_bill - set(there), key=str)]
            for finding in self._look_at(run, place)
        ]
        return Found(tuple(findings), version)

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Untagged | Gone | Unknown]:
        """What was seen when it was found, a moment ago."""
        return self._live

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Untagged | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """One decision per finding."""
        return decide.decide(findings, live)

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Ask EC2 by its DryRun flag; the other services have none."""
        from botocore.exceptions import ClientError

        untagged = self._of(decision)
        if decision.kind in look.EC2_KINDS:
            try:
                _write_ec2(accounts, decision, _tags(untagged, ticket), dry_run=True)
            except ClientError as error:
                if code_of(error) != "DryRunOperation":
                    return Outcome(Status.REFUSED, decision, in_words(error))
        return Outcome(Status.WOULD_ACT, decision, decision.reason)

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Write what is still absent. Raises botocore errors and UnreachableError."""
        untagged = self._of(decision)
        client = partial(accounts.client, account=decision.account, region=decision.region)
        now = look.tags_now(client, decision.kind, decision.resource_id, untagged.resource.arn)
        # Somebody may have written one meanwhile: AWS would overwrite it without a word.
        left = replace(untagged, values=tuple(each for each in untagged.values if each[0] not in now))
        if not left.values:
            return Outcome(Status.LEFT_ALONE, decision, "tagged by somebody meanwhile")
        tags = _tags(left, ticket)
        if decision.kind in look.EC2_KINDS:
            _write_ec2(accounts, decision, tags)
        else:
            failed = _write(client("resourcegroupstaggingapi"), untagged.resource.arn, tags)
            if failed:
                return Outcome(Status.FAILED, decision, failed)
        written = ", ".join(f"{key}={value}" for key, value in tags.items())
        undo = f"Remove the tags {', '.join(tags)} from {decision.resource_id}."
        return Outcome(Status.DONE, decision, f"tagged {written}", before=dict(now), after=tags, undo=undo)

    def notes(self, outcomes: Sequence[Outcome]) -> list[str]:
        """What of the month's cost carries each key, before and after, and what Terraform must be told."""
        told = []
        done = [out.decision for out in outcomes if out.status in (Status.DONE, Status.WOULD_ACT)]
        for key in self._rules.keys:
            added = {
                (each.account, each.region, each.resource_id)
                for each in done
                if any(name == key for name, _, _ in self._of(each).values)
            }
            for currency, (total, before, after) in sorted(bill.coverage(self._billed, key, added).items()):
                if total > 0:
                    shares = f"{100 * before / total:.1f} % before, {100 * after / total:.1f} % after"
                    told.append(f"{key}: {shares}, of {total:,.2f} {currency} of resources")
        if any(out.decision.verb is Verb.TAG for out in outcomes):
            told.append(f"So that Terraform leaves these tags: {ignore_tags(self._rules)}")
        return told

    def _is_wanting(self, one: Billed) -> bool:
        return one.is_taggable and any(bill_key(key) not in one.keys for key in self._rules.keys)

    def _look_at(self, run: Run, place: Place) -> list[Finding]:
        if place.problem:
            return [Finding("", "tags", PLACE, "account", place.account, place.region, None, "", place.problem)]
        client = partial(run.accounts.client, account=place.account, region=place.region)
        try:
            self._learn_units(run, place.account)
            found = look.resources(client)
        except Exception as error:  # Whatever one account answers must not hide the others.
            why = str(error) if isinstance(error, UnreachableError) else in_words(error)
            return [Finding("", "tags", PLACE, "account", place.account, place.region, None, "", why)]
        return [self._found(run, place, each, client) for each in found if missing(each, self._rules)]

    def _learn_units(self, run: Run, account: str) -> None:
        """Ask the organization where the account is, if a rule needs that. Raises whatever it answers."""
        if self._rules.units and account not in self._rules.within:
            # Organizations has one endpoint, and answers its management account alone, or who was made its delegate.
            home = run.accounts.own_account(run.reach.home)
            units = look.units_of(run.accounts.client("organizations", home, run.reach.home), account)
            self._rules = replace(self._rules, within={**self._rules.within, account: units})

    def _found(self, run: Run, place: Place, resource: Resource, client: Client) -> Finding:
        unknown = ""
        if needs_creator(resource, place.account, self._rules):
            resource, unknown = self._with_creator(resource, client)
        untagged = Untagged.of(resource, place.account, self._rules)
        billed = self._billed.get((place.account, place.region, resource.resource_id))
        finding = Finding(
            f"{','.join(untagged.lacks)} {run.now:%Y-%m-%d}",
            "tags",
            resource.kind,
            resource.resource_id,
            place.account,
            place.region,
            billed.cost if billed else None,
            billed.currency if billed else "",
        )
        self._untagged[finding] = untagged
        self._live[finding] = Unknown(unknown) if unknown else untagged
        return finding

    def _with_creator(self, resource: Resource, client: Client) -> tuple[Resource, str]:
        """The resource with who made it, or why that is not known: a default would then be written for good."""
        if self._questions >= MOST_QUESTIONS:
            return resource, "who made it was not asked yet; the next run goes on"
        self._questions += 1
        try:
            return replace(resource, creator=look.creator(client("cloudtrail"), resource.resource_id)), ""
        except Exception as error:  # One answer that fails must not hide the others.
            return resource, f"who made it is not known ({in_words(error)})"

    def _of(self, decision: Decision) -> Untagged:
        wanted = (decision.account, decision.region, decision.kind, decision.resource_id)
        for finding, untagged in self._untagged.items():
            if (finding.account, finding.region, finding.kind, finding.resource_id) == wanted:
                return untagged
        raise LookupError(f"{decision.resource_id} was not looked at")


def _rules(run: Run) -> Rules:
    key = zones.action_settings("auto_tagger")
    try:
        return load(run.store.read(key))
    except RulesError as error:
        raise SettingsError(
            f"The rules of tags cannot be read: {error}.",
            where=run.store.location(key),
            todo="Write them as docs/actions.md tells. Nothing was touched.",
        ) from None


def _tags(untagged: Untagged, ticket: Ticket) -> dict[str, str]:
    """The tags to write, and one that tells who wrote them."""
    return {**{key: value for key, value, _ in untagged.values}, PROVENANCE: f"auto_tagger/{ticket.run_id}"}


def _write_ec2(accounts: Accounts, decision: Decision, tags: Mapping[str, str], *, dry_run: bool = False) -> None:
    listed: list[Any] = [{"Key": key, "Value": value} for key, value in tags.items()]
    ec2 = accounts.ec2(decision.account, decision.region)
    ec2.create_tags(Resources=[decision.resource_id], Tags=listed, DryRun=dry_run)


def _write(tagging: Any, arn: str, tags: Mapping[str, str]) -> str:
    """Write the tags of one resource; why they were not written, or empty. The API says 200 to a failure, too."""
    for last in (False, True):
        told = tagging.tag_resources(ResourceARNList=[arn], Tags=dict(tags)).get("FailedResourcesMap") or {}
        if not told:
            return ""
        code = str(told.get(arn, {}).get("ErrorCode", ""))
        if last or code not in _TRIED_AGAIN:
            break
    return f"{code}: {told.get(arn, {}).get('ErrorMessage', '')}".rstrip(": ") or "it was not tagged"
