"""Flags come before the environment, and the environment before the default."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lake.errors import SettingsError
from lake.settings import Profile, Settings


def test_without_any_setting_the_lake_is_a_folder_here_and_the_engine_is_embedded():
    settings = Settings.resolve(environ={})
    assert (settings.lake, settings.profile, settings.region) == ("finops-lake", Profile.LOCAL, None)


def test_a_flag_wins_over_the_environment():
    environ = {"FINOPS_LAKE": "s3://there/", "FINOPS_PROFILE": "aws", "AWS_REGION": "eu-west-1"}
    assert Settings.resolve(environ=environ) == Settings("s3://there", Profile.AWS, "eu-west-1")
    assert Settings.resolve(lake="here", profile="local", environ=environ).lake == "here"


def test_an_unknown_profile_is_refused_with_the_valid_ones():
    with pytest.raises(SettingsError) as told:
        Settings.resolve(profile="gcp", environ={})
    assert "local, aws" in told.value.todo


@pytest.mark.parametrize("place", ["s3://", "s3:", "s3:///"])
def test_an_s3_address_without_a_bucket_is_refused_and_never_a_folder(place: str):
    with pytest.raises(SettingsError) as told:
        Settings.resolve(lake=place, environ={})
    assert "s3://bucket/prefix" in told.value.todo


def test_athena_is_reached_by_what_the_environment_says():
    told = {"FINOPS_ATHENA_WORKGROUP": "bills", "FINOPS_ATHENA_RESULTS": "s3://answers", "FINOPS_GLUE_PREFIX": "a_dev"}
    settings = Settings.resolve(lake="s3://there/x", profile="aws", environ=told)
    assert (settings.athena.workgroup, settings.results) == ("bills", "s3://answers/")
    assert settings.glue_database("marts") == "a_dev_marts"


def test_without_any_setting_athena_writes_its_results_into_the_lake():
    settings = Settings.resolve(lake="s3://there/x", profile="aws", environ={})
    assert (settings.athena.workgroup, settings.results) == ("primary", "s3://there/x/athena-results/")
    assert settings.glue_database("landing") == "finops_landing"


def test_athena_on_a_folder_is_refused_with_both_ways_out():
    with pytest.raises(SettingsError) as told:
        Settings.resolve(lake="here", profile="aws", environ={})
    assert "s3://bucket/prefix" in told.value.todo
    assert "--profile local" in told.value.todo


@pytest.mark.parametrize(
    ("name", "value"), [("FINOPS_GLUE_PREFIX", "Fin-Ops"), ("FINOPS_ATHENA_RESULTS", "/tmp/results")]
)
def test_a_setting_that_athena_cannot_take_is_refused_by_name(name: str, value: str):
    with pytest.raises(SettingsError) as told:
        Settings.resolve(lake="s3://there", profile="aws", environ={name: value})
    assert told.value.where == name


def test_what_is_collected_is_set_by_the_environment():
    told = {
        "FINOPS_REGIONS": "eu-west-1, us-east-1",
        "FINOPS_ACCOUNTS": "111111111111",
        "FINOPS_COLLECT_BUDGET": "2.50",
    }
    collecting = Settings.resolve(environ=told).collecting
    assert collecting.regions == ("eu-west-1", "us-east-1")
    assert collecting.accounts == ("111111111111",)
    assert collecting.budget == Decimal("2.50")


def test_an_account_that_a_spreadsheet_spoiled_is_refused():
    with pytest.raises(SettingsError, match="no account id"):
        Settings.resolve(environ={"FINOPS_ACCOUNTS": "8.36E+11"})
