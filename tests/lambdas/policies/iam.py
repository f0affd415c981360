"""What an IAM policy allows: action, resource and condition, as AWS's evaluation logic has it for one policy.

moto checks actions alone, takes each resource for `*`, and passes conditions that do not hold.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.lambdas.builders import OWN

# The one variable of policies that is used: the account of whoever calls.
ACCOUNT = "${aws:PrincipalAccount}"

Context = Mapping[str, str | tuple[str, ...]]


@dataclass(frozen=True)
class Need:
    """One right that a call needs; values of `context` are what AWS would compare conditions with."""

    action: str
    resource: str = "*"
    context: Context = field(default_factory=dict, hash=False)


def allows(statements: Iterable[Mapping[str, Any]], need: Need) -> bool:
    """Whether the statements allow it: some Allow fits and no Deny does."""
    fitting = [one["Effect"] for one in statements if _fits(one, need)]
    return "Allow" in fitting and "Deny" not in fitting


def _fits(statement: Mapping[str, Any], need: Need) -> bool:
    return (
        any(_like(action.lower(), need.action.lower()) for action in statement["Action"])
        and any(_like(resource.replace(ACCOUNT, OWN), need.resource) for resource in statement["Resource"])
        and all(
            _holds(operator, key, wanted if isinstance(wanted, list) else [wanted], need.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, key: str, wanted: list[str], context: Context) -> bool:
    found = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if operator == "Null":
        return (found is None) == (wanted == ["true"])
    if operator == "ForAllValues:StringEquals":
        # Of no key at all it holds: so a Null must stand beside it.
        return all(value in wanted for value in (found or ()))
    if operator == "StringLike":
        return isinstance(found, str) and any(_like(pattern, found) for pattern in wanted)
    if operator == "StringEquals":
        return found in wanted
    if operator == "StringNotEqualsIgnoreCase":
        return not isinstance(found, str) or found.lower() not in [word.lower() for word in wanted]
    raise LookupError(f"nobody taught this evaluator {operator}")


def _like(pattern: str, value: str) -> bool:
    return re.fullmatch(fnmatch.translate(pattern.replace("[", "[[]")), value) is not None
