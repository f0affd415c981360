"""The action `idle_cleanup` as the loop sees it: which part decides, which looks, which changes the account."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from lake.accounts import Accounts, code_of, in_words
from lambdas.idle_cleanup import addresses, candidates, decide, look, removing, volumes
from lambdas.idle_cleanup.decide import Facts
from lambdas.runtime.action import Action
from lambdas.runtime.model import Decision, Finding, Gone, Outcome, Request, Status, Ticket, Unknown, Verb


class IdleCleanup(Action[Facts]):
    """Takes away what costs money and does nothing: see docs/actions.md for each kind and what is left alone."""

    name = candidates.ACTION
    mart = candidates.MART
    columns = candidates.COLUMNS
    is_marked_by_tag = True

    def candidates(self, rows: Sequence[Mapping[str, Any]]) -> list[Finding]:
        """The findings among the rows of `idle_resources`."""
        return candidates.candidates(rows)

    def look(
        self, findings: Sequence[Finding], accounts: Accounts, now: datetime
    ) -> Mapping[Finding, Facts | Gone | Unknown]:
        """What EC2 says of them now."""
        return look.look(findings, accounts, now)

    def decide(
        self,
        findings: Sequence[Finding],
        live: Mapping[Finding, Facts | Gone | Unknown],
        request: Request,
        now: datetime,
    ) -> list[Decision]:
        """One decision per finding."""
        return decide.decide(findings, live, request, now)

    def rehearse(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Send the calls of a decision with EC2's DryRun flag, which checks the rights and changes nothing."""
        calls = _dry_calls(accounts, decision, ticket)
        if not calls and decision.kind in removing.KINDS:
            return Outcome(Status.WOULD_ACT, decision, "AWS cannot be asked beforehand: " + ", ".join(decision.calls))
        refusals = [refusal for call in calls if (refusal := _refusal(call))]
        if refusals:
            return Outcome(Status.REFUSED, decision, "; ".join(refusals))
        return Outcome(Status.WOULD_ACT, decision, "AWS would allow " + ", ".join(decision.calls))

    def act(self, decision: Decision, accounts: Accounts, ticket: Ticket) -> Outcome:
        """Do it, after one more look. Raises botocore errors and UnreachableError."""
        if decision.kind in removing.KINDS:
            return removing.remove(accounts, decision, ticket)
        ec2 = accounts.ec2(decision.account, decision.region)
        if decision.kind in volumes.KINDS:
            return volumes.delete(ec2, decision, ticket)
        return addresses.release(ec2, decision, ticket)

    def is_done(self, verb: Verb, after: Mapping[str, Any], facts: Facts) -> bool:
        """Whether it is about to be gone, or stopped."""
        return decide.is_done(verb, facts)


def _dry_calls(accounts: Accounts, decision: Decision, ticket: Ticket) -> list[Callable[[], object]]:
    if decision.kind in removing.KINDS:
        return removing.dry_calls(removing.client_of(accounts, decision), decision)
    ec2 = accounts.ec2(decision.account, decision.region)
    if decision.kind in volumes.KINDS:
        return volumes.dry_calls(ec2, decision, ticket)
    return addresses.dry_calls(ec2, decision)


def _refusal(call: Callable[[], object]) -> str:
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        # DryRunOperation is EC2's way to say yes.
        return "" if code_of(error) == "DryRunOperation" else f"{error.operation_name}: {in_words(error)}"
    return "EC2 did not answer as a dry run does"
