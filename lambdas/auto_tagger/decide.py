"""Which tags to write, and why not. Pure: facts and rules in, decisions out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lambdas.auto_tagger.rules import Resource, Rules, in_other_words, missing, values
from lambdas.runtime.model import Decision, Finding, Gone, Unknown, Verb
from lambdas.runtime.protection import PROTECT, is_protection

PLACE = "place"
# AWS takes fifty tags of a user; one of ours tells who wrote the others.
MOST = 50


@dataclass(frozen=True)
class Untagged:
    """A resource that lacks keys, and the values that rules know for them: key, value and rule."""

    resource: Resource
    values: tuple[tuple[str, str, str], ...]
    lacks: tuple[str, ...]
    other_words: tuple[str, ...] = ()

    @classmethod
    def of(cls, resource: Resource, account: str, rules: Rules) -> Untagged:
        """What a resource lacks by these rules."""
        found = values(resource, account, rules)
        told = tuple((key, value, source) for key, (value, source) in sorted(found.items()))
        return cls(resource, told, missing(resource, rules), in_other_words(resource, rules))


Live = Mapping[Finding, Untagged | Gone | Unknown]


def decide(findings: Sequence[Finding], live: Live) -> list[Decision]:
    """One decision per finding, in the order given."""
    return [_decide(finding, live.get(finding, Unknown("not looked at"))) for finding in findings]


def obstacle(untagged: Untagged) -> str:
    """Why a resource is not tagged, or empty."""
    tags = untagged.resource.tags
    if any(is_protection(key, value) for key, value in tags.items()):
        return f"protected by tag {PROTECT}"
    if not untagged.values:
        return f"no rule knows a value for {', '.join(untagged.lacks)}"
    own = sum(not key.lower().startswith("aws:") for key in tags)
    if own + len(untagged.values) + 1 > MOST:
        return f"it has {own} tags, and AWS takes {MOST}"
    return ""


def _decide(finding: Finding, facts: Untagged | Gone | Unknown) -> Decision:
    if finding.kind == PLACE:
        return Decision.on(finding, Verb.REPORT, finding.problem)
    if isinstance(facts, Unknown):
        return Decision.on(finding, Verb.LEAVE, finding.problem or f"live state unknown: {facts.why}")
    if isinstance(facts, Gone):
        return Decision.on(finding, Verb.LEAVE, "not found any more")
    told = f" (it has {', '.join(facts.other_words)}, which AWS takes for another key)" if facts.other_words else ""
    why_not = obstacle(facts)
    if why_not:
        return Decision.on(finding, Verb.LEAVE, why_not + told)
    written = ", ".join(f"{key}={value} by {source}" for key, value, source in facts.values)
    return Decision.on(finding, Verb.TAG, written + told, (f"tag {finding.resource_id}",))
