"""The tag by which a resource is marked. Whoever acts may not write it, and AWS lets nobody act without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lake.accounts import Accounts, code_of

PREFIX = "finops:mark:"
OWNER = "owner"


def key_of(action: str) -> str:
    """The key of the tag, one per action: two of them may mean something for one resource."""
    return f"{PREFIX}{action}"


def value_of(tags: Iterable[tuple[str, str]], action: str) -> str:
    """What the mark on a resource says, empty for none."""
    return next((value for key, value in tags if key == key_of(action)), "")


def of(facts: object) -> tuple[tuple[str, str], ...]:
    """The tags of whatever a look found; none where it has none."""
    found: Any = getattr(facts, "tags", ())
    return tuple(found.items() if isinstance(found, Mapping) else found)


def owner_of(tags: Iterable[tuple[str, str]]) -> str:
    """Whom the tags name as owner, empty for nobody."""
    return next((value.strip() for key, value in tags if key.lower() == OWNER), "")


def write(accounts: Accounts, account: str, region: str, name: str, action: str, value: str) -> None:
    """Mark a resource. Raises botocore errors and UnreachableError."""
    accounts.ec2(account, region).create_tags(Resources=[name], Tags=[{"Key": key_of(action), "Value": value}])


def take_off(accounts: Accounts, account: str, region: str, name: str, action: str) -> None:
    """Take the mark off a resource, or do nothing if it is gone. Raises botocore errors and UnreachableError."""
    from botocore.exceptions import ClientError

    try:
        accounts.ec2(account, region).delete_tags(Resources=[name], Tags=[{"Key": key_of(action)}])
    except ClientError as error:
        if not code_of(error).endswith(".NotFound"):
            raise
