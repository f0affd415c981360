from __future__ import annotations

import time

import pytest
from botocore.exceptions import EndpointConnectionError

from lake.accounts import Accounts, UnreachableError
from tests.lambdas.builders import OTHER, OWN, REGION
from tests.lambdas.conftest import Account


def test_one_client_per_account_and_region(account: Account) -> None:
    accounts = Accounts("run-1", session=account.wire.session)
    assert accounts.ec2(OWN, REGION) is accounts.ec2(OWN, REGION)
    assert accounts.ec2(OWN, REGION) is not accounts.ec2(OWN, "us-east-1")
    assert account.wire.names() == ["GetCallerIdentity"]


def test_clients_retry_ten_times_in_the_standard_way(account: Account) -> None:
    config = Accounts("run-1", session=account.wire.session).ec2(OWN, REGION).meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 10}


def test_role_that_cannot_be_assumed_is_told_and_asked_for_once(account: Account) -> None:
    account.wire.fails("AssumeRole", "AccessDenied")
    accounts = Accounts("run-1", role_name="finops", session=account.wire.session)
    for _ in range(2):
        with pytest.raises(UnreachableError, match=f"role arn:aws:iam::{OTHER}:role/finops cannot be assumed"):
            accounts.ec2(OTHER, REGION)
    assert account.wire.names().count("AssumeRole") == 1


def test_role_of_another_partition_has_its_arn(account: Account) -> None:
    Accounts("run-1", role_name="finops", session=account.wire.session).ec2(OTHER, "us-gov-west-1")
    (body,) = [body for name, body in account.wire.calls if name == "AssumeRole"]
    assert body["RoleArn"] == f"arn:aws-us-gov:iam::{OTHER}:role/finops"


def test_missing_network_is_known_after_one_question(account: Account) -> None:
    def offline(body: dict[str, str]) -> None:
        raise EndpointConnectionError(endpoint_url="https://sts.example")

    account.wire.answers["GetCallerIdentity"] = offline
    accounts = Accounts("run-1", session=account.wire.session)
    for region in (REGION, "us-east-1"):
        with pytest.raises(UnreachableError, match="no AWS account reachable"):
            accounts.ec2(OWN, region)
    assert account.wire.names() == ["GetCallerIdentity"]


def test_expired_credentials_are_told(account: Account) -> None:
    account.wire.fails("GetCallerIdentity", "ExpiredToken")
    with pytest.raises(UnreachableError, match="ExpiredToken"):
        Accounts("run-1", session=account.wire.session).own_account(REGION)


def test_machine_without_credentials_is_told_at_once(no_aws: None) -> None:
    begun = time.monotonic()
    with pytest.raises(UnreachableError, match="no credentials found"):
        Accounts("run-1").ec2(OWN, REGION)
    assert time.monotonic() - begun < 5


def test_odd_region_is_told_and_not_raised_as_a_fault(account: Account) -> None:
    accounts = Accounts("run-1", session=account.wire.session)
    for region in ("", "global", "no such/region"):
        with pytest.raises(UnreachableError):
            accounts.ec2(OWN, region)


def test_name_of_a_session_is_no_longer_than_aws_takes(account: Account) -> None:
    # A peer's runs failed on this for whoever had a long name.
    Accounts("r" * 100, role_name="finops", session=account.wire.session).ec2(OTHER, REGION)
    (body,) = [body for name, body in account.wire.calls if name == "AssumeRole"]
    assert len(body["RoleSessionName"]) == 64
