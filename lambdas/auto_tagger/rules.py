"""Which tags a resource is to have, and by which rule. Pure: settings and facts in, values out.

keys:
  Owner: {from: [account, unit, stack, parent, creator], default: "finops:unallocated"}
  CostCenter: {from: [account]}
accounts: {"111122223333": {Owner: payments, CostCenter: "42"}}
units: {ou-ab12-11111111: {Owner: shop}}    # of AWS Organizations; the nearest one above an account counts
stacks: {shop-: {Owner: storefront}}        # the longest beginning of a stack's name counts
creators: {maria: payments}                 # who made it, as CloudTrail names them
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

SOURCES = ("account", "unit", "stack", "parent", "creator")
STACK = "aws:cloudformation:stack-name"
PROVENANCE = "finops:tagged-by"
_SECTIONS = {"keys", "accounts", "units", "stacks", "creators"}
# What every service takes in a key or a value.
_LEGAL = re.compile(r"[\w +\-=.:/@]*", re.UNICODE)
# A session of a service or an instance is nobody.
_NOBODY = re.compile(r"i-[0-9a-f]+|AWS.*|.*\.amazonaws\.com|aws-.*|\d+")


class RulesError(ValueError):
    """Rules that cannot be read; nothing is tagged by them."""


@dataclass(frozen=True)
class Rule:
    """Where the value of a key comes from, in this order; `default` holds when none of them knows, "" for no tag."""

    sources: tuple[str, ...] = SOURCES
    default: str = ""


@dataclass(frozen=True)
class Rules:
    """What is told of keys, accounts, stacks, creators and organizational units; `within` are an account's units."""

    keys: Mapping[str, Rule] = field(default_factory=dict)
    accounts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    stacks: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    creators: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    within: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Resource:
    """A resource as the account describes it now. `arn` names it where an id does not.

    `parent` are the tags of what it belongs to: of the instance of a volume, of the volume of a snapshot. `creator`
    is who made it, None when nobody was asked.
    """

    kind: str
    resource_id: str
    arn: str
    tags: Mapping[str, str]
    parent_id: str = ""
    parent: Mapping[str, str] = field(default_factory=dict)
    creator: str | None = None


def load(content: bytes | None) -> Rules:
    """The rules of a file. Raises RulesError, which says what is wrong with it."""
    if content is None:
        raise RulesError("there are none")
    import yaml

    try:
        told = yaml.safe_load(content) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RulesError(f"they are no YAML: {error}") from None
    if not isinstance(told, dict) or set(told) - _SECTIONS or not isinstance(told.get("keys"), dict):
        raise RulesError(f"the file has the sections {', '.join(sorted(_SECTIONS))}, and keys above all")
    if any(not isinstance(account, str) for account in told.get("accounts") or {}):
        raise RulesError("an account stands in quotes")
    rules = Rules(
        {str(key): _rule(str(key), each) for key, each in told["keys"].items()},
        {account: _values(each) for account, each in (told.get("accounts") or {}).items()},
        {str(name): _values(each) for name, each in (told.get("stacks") or {}).items()},
        _values(told.get("creators")),
        {str(unit): _values(each) for unit, each in (told.get("units") or {}).items()},
    )
    for text in [
        *rules.keys,
        *(
            v
            for told_of in (rules.accounts, rules.stacks, rules.units)
            for each in told_of.values()
            for v in each.values()
        ),
    ]:
        _check(text)
    return rules


def missing(resource: Resource, rules: Rules) -> tuple[str, ...]:
    """Keys that a resource lacks. One that is there and empty is there."""
    return tuple(key for key in rules.keys if key not in resource.tags)


def in_other_words(resource: Resource, rules: Rules) -> tuple[str, ...]:
    """Keys of a resource that differ from ours only by case. They are told and left: somebody may read them."""
    ours = {key.lower(): key for key in rules.keys}
    return tuple(key for key in resource.tags if key.lower() in ours and key not in rules.keys)


def values(resource: Resource, account: str, rules: Rules) -> dict[str, tuple[str, str]]:
    """The value of each missing key that some rule knows, and which one."""
    found = {}
    for key in missing(resource, rules):
        for source in rules.keys[key].sources:
            value = _value(source, key, resource, account, rules)
            if value:
                found[key] = (value, source)
                break
        else:
            if rules.keys[key].default:
                found[key] = (rules.keys[key].default, "default")
    return found


def needs_creator(resource: Resource, account: str, rules: Rules) -> bool:
    """Whether who made it would decide: no rule before that one knows a value."""
    known = values(resource, account, rules)
    return resource.creator is None and any(
        "creator" in rules.keys[key].sources and known.get(key, ("", "default"))[1] == "default"
        for key in missing(resource, rules)
    )


def bill_key(key: str) -> str:
    """A key as bills write it, whatever their form: `user:Cost Center` is `user_cost_center` in others."""
    plain = re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key).lower()).strip("_")
    return plain.removeprefix("user_").replace("_", "")


def ignore_tags(rules: Rules) -> str:
    """What Terraform must be told, or its next plan takes the tags away again."""
    keys = ", ".join(f'"{key}"' for key in rules.keys)
    return f'provider "aws" {{ ignore_tags {{ keys = [{keys}] key_prefixes = ["finops:"] }} }}'


def _value(source: str, key: str, resource: Resource, account: str, rules: Rules) -> str:
    if source == "account":
        return rules.accounts.get(account, {}).get(key, "")
    if source == "unit":
        above = (rules.units.get(unit, {}).get(key, "") for unit in rules.within.get(account, ()))
        return next(filter(None, above), "")
    if source == "stack":
        stack = resource.tags.get(STACK, "")
        fitting = [name for name in rules.stacks if stack and stack.startswith(name) and key in rules.stacks[name]]
        return rules.stacks[max(fitting, key=len)][key] if fitting else ""
    if source == "parent":
        return resource.parent.get(key, "")
    creator = resource.creator or ""
    if not creator or _NOBODY.fullmatch(creator):
        return ""
    # What other services refuse in a value is left out of a name.
    return rules.creators.get(creator) or re.sub(r"[^\w +\-=.:/@]", "", creator)[:256]


def _rule(key: str, told: Any) -> Rule:
    if key.lower().startswith("aws:") or key.lower() == PROVENANCE or not 0 < len(key) <= 128:
        raise RulesError(f"{key!r} is no key that may be written")
    told = told or {}
    if not isinstance(told, dict) or set(told) - {"from", "default"}:
        raise RulesError(f"the key {key} has a from, a default, or both")
    sources = tuple(told.get("from") or SOURCES)
    unknown = [source for source in sources if source not in SOURCES]
    if unknown:
        raise RulesError(f"the key {key} comes from {unknown[0]!r}, which is none of {', '.join(SOURCES)}")
    _check(str(told.get("default", "")))
    return Rule(sources, str(told.get("default", "")))


def _values(told: Any) -> dict[str, str]:
    if told is not None and not isinstance(told, dict):
        raise RulesError(f"{told!r} is not a list of keys and values")
    return {str(key): str(value) for key, value in (told or {}).items()}


def _check(text: str) -> None:
    if not _LEGAL.fullmatch(text) or len(text) > 256:
        raise RulesError(f"{text!r} has a character that some service refuses in a tag, or more than 256")
