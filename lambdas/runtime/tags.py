"""The tag by which a resource is marked. Whoever acts may not write it, and AWS lets nobody act without it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from lake.accounts import Accounts, code_of

PREFIX = "finops:mark:"
OWNER = "owner"
SERVICES = {"elasticloadbalancing": "elbv2", "rds": "rds"}


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
    pairs = [{"Key": key_of(action), "Value": value}]
    service = _service_of(name)
    client = accounts.client(service, account, region)
    if service == "elbv2":
        client.add_tags(ResourceArns=[name], Tags=pairs)
    elif service == "rds":
        client.add_tags_to_resource(ResourceName=name, Tags=pairs)
    else:
        client.create_tags(Resources=[name], Tags=pairs)


def take_off(accounts: Accounts, account: str, region: str, name: str, action: str) -> None:
    """Take the mark off a resource, or do nothing if it is gone. Raises botocore errors and UnreachableError."""
    from botocore.exceptions import ClientError

    try:
        _take_off(accounts, account, region, name, key_of(action))
    except ClientError as error:
        if "NotFound" not in code_of(error):
            raise


def _take_off(accounts: Accounts, account: str, region: str, name: str, key: str) -> None:
    service = _service_of(name)
    client = accounts.client(service, account, region)
    if service == "elbv2":
        client.remove_tags(ResourceArns=[name], TagKeys=[key])
    elif service == "rds":
        client.remove_tags_from_resource(ResourceName=name, TagKeys=[key])
    else:
        client.delete_tags(Resources=[name], Tags=[{"Key": key}])


def _service_of(name: str) -> str:
    """Whose tags they are: EC2 names a resource by its id, the others by its ARN."""
    return SERVICES.get(name.split(":")[2], "ec2") if name.startswith("arn:") else "ec2"
