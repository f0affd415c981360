"""The whole way in an emulated account: what starts, what stops, and what is left to its owner."""

from __future__ import annotations

import pytest

from lake import zones
from lake.errors import LakeError, SettingsError
from lambdas.runtime.model import Status, Verb
from tests.lambdas.builders import OTHER, OWN, REGION
from tests.lambdas.cloud import refusal
from tests.lambdas.scheduler.conftest import OFFICE
from tests.lambdas.scheduler.conftest import Scheduled as Cloud

# 26 November 2026 is a Thursday.
MORNING, NOON, EVENING, NIGHT = "2026-11-26T08:05", "2026-11-26T12:00", "2026-11-26T18:05", "2026-11-26T23:00"


def test_instance_stops_in_the_evening_and_starts_in_the_morning_each_once(cloud: Cloud) -> None:
    instance = cloud.instance()
    states = []
    for at in (MORNING, NOON, EVENING, NIGHT, "2026-11-27T07:55", "2026-11-27T08:00", "2026-11-27T08:05"):
        cloud.run(at)
        states.append(cloud.state(instance))
    assert states == ["running", "running", "stopped", "stopped", "stopped", "running", "running"]
    assert cloud.changes() == ["StopInstances", "StartInstances"]
    assert [entry["verb"] for entry in cloud.ledger("scheduler")] == ["stop", "start"]


def test_dry_run_changes_nothing_and_asks_ec2_whether_it_could(cloud: Cloud) -> None:
    instance = cloud.instance()
    report = cloud.run(EVENING, apply=False)
    assert [out.status for out in report.outcomes] == [Status.WOULD_ACT]
    assert cloud.changes() == []
    assert cloud.state(instance) == "running"
    assert list(cloud.store.files(zones.MEMORY)) == []


def test_late_run_catches_up_even_after_the_weekend(cloud: Cloud) -> None:
    instance = cloud.instance()
    cloud.run("2026-11-27T12:00")
    cloud.run("2026-11-29T23:00")
    assert cloud.state(instance) == "stopped"


def test_change_by_hand_is_respected_until_the_next_edge(cloud: Cloud) -> None:
    instance = cloud.instance()
    cloud.run(EVENING)
    cloud.client("ec2").start_instances(InstanceIds=[instance])

    report = cloud.run(NIGHT)
    assert report.outcomes[0].detail.startswith("running by hand since")
    assert cloud.state(instance) == "running"

    cloud.run("2026-11-27T08:05")
    cloud.run("2026-11-27T18:05")
    assert cloud.state(instance) == "stopped"


def test_what_was_started_by_hand_before_its_morning_is_not_restarted_after_a_stop_by_hand(cloud: Cloud) -> None:
    # The edge is remembered although there was nothing to do at it.
    instance = cloud.instance()
    cloud.run(MORNING)
    cloud.client("ec2").stop_instances(InstanceIds=[instance])
    cloud.run(NOON)
    assert cloud.state(instance) == "stopped"


def test_enforced_schedule_undoes_a_change_by_hand(cloud: Cloud) -> None:
    instance = cloud.instance(f"{OFFICE} enforced")
    cloud.run(EVENING)
    cloud.client("ec2").start_instances(InstanceIds=[instance])
    cloud.run(NIGHT)
    assert cloud.state(instance) == "stopped"


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"finops__protect": "true"}, "protected by tag"),
        ({"Schedule__override": "hold"}, "the override 'hold'"),
        ({"Schedule__override": "running until 2026-12-01T18:00Z"}, "is running, as the override"),
        ({"Schedule__override": "running until Friday"}, "its schedule cannot be read"),
        ({"aws__autoscaling__groupName": "web"}, "of the scaling group web"),
        ({"aws__elasticmapreduce__job-flow-id": "j-1"}, "of an EMR cluster"),
    ],
)
def test_instance_is_left_alone_with_the_reason(cloud: Cloud, tags: dict[str, str], reason: str) -> None:
    instance = cloud.instance(**tags)
    report = cloud.run(EVENING)
    assert reason in report.outcomes[0].detail
    assert cloud.state(instance) == "running"


def test_schedule_that_cannot_be_read_does_nothing_above_all_no_default(cloud: Cloud) -> None:
    # A peer falls back to its default schedule when only one side is told in its own words.
    cloud.instance("off=[(M-F,21)]")
    report = cloud.run(NIGHT)
    assert "cannot be read" in report.outcomes[0].detail
    assert cloud.changes() == []


def test_override_ends_by_itself(cloud: Cloud) -> None:
    instance = cloud.instance(Schedule__override="running until 2026-11-26T22:00Z")
    cloud.run(EVENING)
    assert cloud.state(instance) == "running"
    cloud.run(NIGHT)
    assert cloud.state(instance) == "stopped"


@pytest.mark.parametrize("can", [True, False])
def test_instance_is_hibernated_where_that_is_on_and_stopped_where_aws_cannot(cloud: Cloud, can: bool) -> None:
    name = cloud.instance()
    told = cloud.client("ec2").describe_instances(InstanceIds=[name])["Reservations"]
    told[0]["Instances"][0]["HibernationOptions"] = {"Configured": True}
    cloud.answers["DescribeInstances"] = lambda body: {"Reservations": told}
    no = refusal("UnsupportedHibernationConfiguration")
    cloud.answers["StopInstances"] = lambda body: no if not can and body.get("Hibernate") == "true" else None
    assert cloud.run("2026-11-26T18:05").outcomes[0].status == Status.DONE
    asked = [str(body.get("Hibernate")) for _, called, body in cloud.asked if called == "StopInstances"]
    assert asked == (["true"] if can else ["true", "None"])
    assert cloud.state(name) == "stopped"


def test_instance_store_is_lost_by_a_stop_unless_its_owner_allows_it(cloud: Cloud) -> None:
    kept = cloud.instance(type="m5d.large")
    allowed = cloud.instance(type="m5d.large", **{"finops__allow-instance-store-loss": "true"})
    cloud.run(EVENING)
    assert (cloud.state(kept), cloud.state(allowed)) == ("running", "stopped")


def test_missing_capacity_waits_for_the_next_run_and_stops_no_other(cloud: Cloud) -> None:
    first, second = cloud.instance(), cloud.instance()
    cloud.run(EVENING)
    cloud.errors["StartInstances"] = ("InsufficientInstanceCapacity", first)

    statuses = [
        {out.decision.resource_id: out.status for out in cloud.run(f"2026-11-27T08:{m}").outcomes}
        for m in ("00", "05", "10")
    ]
    assert [told[first] for told in statuses] == [Status.WAITING, Status.WAITING, Status.FAILED]
    assert cloud.state(second) == "running"

    cloud.errors.clear()
    cloud.run("2026-11-27T08:15")
    assert cloud.state(first) == "running"


def test_start_that_aws_takes_back_is_seen_minutes_later_tried_again_and_then_reported(cloud: Cloud) -> None:
    # Without a right on the key of its volume EC2 says yes to a start, and stops the instance again.
    instance = cloud.instance()
    cloud.run(EVENING)
    for minute in ("00", "05", "10"):
        report = cloud.run(f"2026-11-27T08:{minute}")
        assert report.outcomes[0].status is Status.DONE
        cloud.falls_back(instance, "Client.InternalError")
    report = cloud.run("2026-11-27T08:15")
    assert report.outcomes[0].status is Status.FAILED
    assert "each time AWS stopped it again: Client.InternalError" in report.outcomes[0].detail


def test_stop_by_hand_right_after_a_start_is_no_fault(cloud: Cloud) -> None:
    instance = cloud.instance()
    cloud.run(EVENING)
    cloud.run("2026-11-27T08:00")
    cloud.client("ec2").stop_instances(InstanceIds=[instance])
    cloud.run("2026-11-27T08:05")
    assert cloud.state(instance) == "stopped"


def test_protection_against_stopping_is_respected(cloud: Cloud) -> None:
    cloud.instance()
    cloud.errors["StopInstances"] = ("OperationNotPermitted", "")
    report = cloud.run(EVENING)
    assert report.outcomes[0].status is Status.LEFT_ALONE


def test_database_that_aws_started_after_seven_days_is_stopped_again(cloud: Cloud) -> None:
    rds = cloud.client("rds")
    tags = [{"Key": "Schedule", "Value": "any -20:00"}]
    rds.create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20, Tags=tags
    )
    state = lambda: rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"]  # noqa: E731
    rds.add_tags_to_resource(
        ResourceName=rds.describe_db_instances()["DBInstances"][0]["DBInstanceArn"],
        Tags=[{"Key": "Schedule:override", "Value": "stopped until 2027-01-01T00:00Z"}],
    )
    cloud.run("2026-11-26T10:00")
    assert state() == "stopped"

    rds.start_db_instance(DBInstanceIdentifier="db")
    report = cloud.run("2026-12-03T10:05")
    assert "AWS started it after its seven days" in report.outcomes[0].decision.reason
    assert state() == "stopped"


def test_database_started_by_hand_stays_up_even_when_its_seven_days_are_over(cloud: Cloud) -> None:
    rds = cloud.client("rds")
    tags = [{"Key": "Schedule", "Value": "mon -20:00"}]
    rds.create_db_instance(
        DBInstanceIdentifier="db", DBInstanceClass="db.t3.micro", Engine="postgres", AllocatedStorage=20, Tags=tags
    )
    cloud.run("2026-11-23T20:05")
    rds.start_db_instance(DBInstanceIdentifier="db")
    cloud.run("2026-11-24T10:00")
    cloud.run("2026-11-30T19:59")
    assert rds.describe_db_instances()["DBInstances"][0]["DBInstanceStatus"] == "available"


@pytest.mark.parametrize(
    ("described", "reason"),
    [
        ({"DBClusterIdentifier": "c"}, "of the cluster c"),
        ({"ReadReplicaSourceDBInstanceIdentifier": "db"}, "a read replica"),
        ({"ReadReplicaDBInstanceIdentifiers": ["db-2"]}, "it has read replicas"),
        ({"Engine": "sqlserver-se", "MultiAZ": True}, "SQL Server in several zones"),
    ],
)
def test_databases_that_rds_does_not_stop(described: dict[str, object], reason: str) -> None:
    from lambdas.scheduler.look import as_database

    usual = {"DBInstanceIdentifier": "db", "DBInstanceStatus": "available", "Engine": "postgres"}
    assert reason in as_database({**usual, **described}).hands_off
    assert as_database(usual).hands_off == ""


def test_aurora_cluster_stops_and_one_of_serverless_does_not(cloud: Cloud) -> None:
    from lambdas.scheduler.look import as_cluster

    rds = cloud.client("rds")
    rds.create_db_cluster(
        DBClusterIdentifier="c",
        Engine="aurora-postgresql",
        MasterUsername="u",
        MasterUserPassword="p" * 12,
        Tags=[{"Key": "Schedule", "Value": OFFICE}],
    )
    cloud.run(EVENING)
    assert rds.describe_db_clusters()["DBClusters"][0]["Status"] == "stopped"
    usual = {"DBClusterIdentifier": "c", "Status": "available", "Engine": "aurora-mysql"}
    assert "serverless" in as_cluster({**usual, "EngineMode": "serverless"}).hands_off
    assert "only those of Aurora" in as_cluster({**usual, "Engine": "postgres"}).hands_off


def group(cloud: Cloud, **more: object) -> None:
    asg = cloud.client("autoscaling")
    asg.create_launch_configuration(LaunchConfigurationName="lc", ImageId="ami-12c6146b", InstanceType="t3.micro")
    asg.create_auto_scaling_group(
        AutoScalingGroupName="web",
        LaunchConfigurationName="lc",
        MinSize=1,
        DesiredCapacity=2,
        MaxSize=4,
        AvailabilityZones=[f"{REGION}a"],
        Tags=[{"Key": "Schedule", "Value": OFFICE, "PropagateAtLaunch": False}],
    )


def sizes(cloud: Cloud) -> tuple[int, int, int]:
    (told,) = cloud.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return told["MinSize"], told["DesiredCapacity"], told["MaxSize"]


def test_scaling_group_is_emptied_and_comes_back_with_its_own_sizes(cloud: Cloud) -> None:
    group(cloud)
    cloud.run(EVENING)
    assert sizes(cloud) == (0, 0, 4)
    cloud.run(NIGHT)
    cloud.run("2026-11-27T08:00")
    assert sizes(cloud) == (1, 2, 4)


def test_killed_run_leaves_no_group_empty_for_ever(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    from lambdas.scheduler.act import Scheduler

    group(cloud)
    with monkeypatch.context() as patch:

        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        patch.setattr(Scheduler, "remember", killed)
        with pytest.raises(KeyboardInterrupt):
            cloud.run(EVENING)
    assert sizes(cloud) == (0, 0, 4)
    cloud.run("2026-11-27T08:00")
    assert sizes(cloud) == (1, 2, 4)


def test_group_that_was_never_seen_running_is_not_started_with_a_guess(cloud: Cloud) -> None:
    group(cloud)
    cloud.client("autoscaling").update_auto_scaling_group(AutoScalingGroupName="web", MinSize=0, DesiredCapacity=0)
    report = cloud.run(MORNING)
    assert "how many it ran before is not known" in report.outcomes[0].detail


def test_group_whose_launching_is_suspended_is_left_alone(cloud: Cloud) -> None:
    group(cloud)
    cloud.client("autoscaling").suspend_processes(AutoScalingGroupName="web", ScalingProcesses=["Launch"])
    report = cloud.run(EVENING)
    assert "its process Launch is suspended" in report.outcomes[0].detail
    assert sizes(cloud) == (1, 2, 4)


def service(cloud: Cloud) -> str:
    ecs = cloud.client("ecs")
    ecs.create_cluster(clusterName="dev")
    ecs.register_task_definition(family="t", containerDefinitions=[{"name": "c", "image": "i", "memory": 10}])
    made = ecs.create_service(
        cluster="dev",
        serviceName="api",
        taskDefinition="t",
        desiredCount=3,
        tags=[{"key": "Schedule", "value": OFFICE}],
    )
    return made["service"]["serviceArn"]


def desired(cloud: Cloud) -> int:
    return cloud.client("ecs").describe_services(cluster="dev", services=["api"])["services"][0]["desiredCount"]


def test_service_runs_none_at_night_and_as_many_as_before_in_the_morning(cloud: Cloud) -> None:
    service(cloud)
    cloud.run(EVENING)
    assert desired(cloud) == 0
    cloud.run("2026-11-27T08:00")
    assert desired(cloud) == 3


def test_service_that_is_scaled_by_aws_is_left_to_it(cloud: Cloud) -> None:
    service(cloud)
    cloud.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId="service/dev/api",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
        MaxCapacity=4,
    )
    report = cloud.run(EVENING)
    assert "keeps at least 1 tasks" in report.outcomes[0].detail
    assert desired(cloud) == 3


def test_service_that_cannot_be_asked_is_told_and_hides_no_other(cloud: Cloud) -> None:
    instance = cloud.instance()
    cloud.errors["DescribeDBInstances"] = ("AccessDenied", "")
    report = cloud.run(EVENING)
    assert cloud.state(instance) == "stopped"
    (failed,) = report.failures
    assert "no database can be looked at: AccessDenied" in failed.detail


def test_account_without_a_role_is_told(cloud: Cloud) -> None:
    report = cloud.run(EVENING, accounts=(OWN, OTHER))
    assert [out.detail for out in report.failures] and OTHER in report.failures[0].detail


def test_schedules_by_name_and_for_what_has_no_tag(cloud: Cloud) -> None:
    named, untagged = cloud.instance("office-hours"), cloud.instance(None)
    cloud.store.write(
        zones.action_settings("scheduler"),
        f"""
zone: Europe/Paris
skip: [2026-12-25]
schedules: {{Office-Hours: mon-fri 08:00-18:00}}
resources:
  - {{account: "{OWN}", region: {REGION}, kind: instance, id: {untagged}, schedule: office-hours}}
""".encode(),
    )
    cloud.run("2026-11-26T17:05")
    assert (cloud.state(named), cloud.state(untagged)) == ("stopped", "stopped")


@pytest.mark.parametrize(
    "text",
    [
        "schedules: {a: nonsense}",
        "zones: UTC",
        "zone: IST",
        "skip: [Christmas]",
        "resources: [{id: i-1}]",
        "resources: [{account: '1', region: r, kind: instance, id: i-1, schedule: none}]",
        "resources: [{account: 1, region: r, kind: instance, id: i-1, schedule: none}]",
        "- a",
        "a: b: c",
    ],
)
def test_settings_that_cannot_be_read_touch_nothing(cloud: Cloud, text: str) -> None:
    cloud.instance()
    cloud.store.write(zones.action_settings("scheduler"), text.encode())
    with pytest.raises(SettingsError, match="schedules cannot be read"):
        cloud.run(EVENING)
    assert cloud.changes() == []


def test_memory_that_cannot_be_read_touches_nothing(cloud: Cloud) -> None:
    cloud.instance()
    cloud.store.write(zones.action_memory("scheduler", OWN, REGION), b"{")
    with pytest.raises(LakeError, match="remembers cannot be read"):
        cloud.run(EVENING)
    assert cloud.changes() == []


def test_build_at_work_does_not_keep_the_office_from_starting(cloud: Cloud) -> None:
    instance = cloud.instance()
    with cloud.store.locked():
        cloud.run(EVENING)
    assert cloud.state(instance) == "stopped"
    with cloud.store.locked("-scheduler"), pytest.raises(LakeError, match="Another run"):
        cloud.run(NIGHT)


def test_kill_switch_stops_it(cloud: Cloud) -> None:
    instance = cloud.instance()
    cloud.store.write(zones.KILL_SWITCH, b"migration")
    report = cloud.run(EVENING)
    assert "migration" in report.stopped
    assert cloud.state(instance) == "running"


def test_every_decision_has_its_reason(cloud: Cloud) -> None:
    cloud.instance()
    (out,) = cloud.run(EVENING).outcomes
    assert out.decision.verb is Verb.STOP
    assert out.decision.reason == f"the schedule '{OFFICE}' wants it stopped"
    assert out.decision.calls == (f"ec2:StopInstances {out.decision.resource_id}",)
