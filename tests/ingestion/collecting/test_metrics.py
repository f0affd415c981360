"""Metrics come in full batches, a row per day, with the hours that stand behind them, and no day twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.ingestion.collecting.conftest import NOW, REGION, Lake

DAY = timedelta(days=1)
YESTERDAY = date(2026, 11, 25)
# AWS's price of 1,000 metrics is a cent.
PRICE = Decimal("0.01") / 1000


class CloudWatch:
    """Answers every query with the same values: 10 each day or part of it, in `hours` hours, and 70 at 03:00."""

    def __init__(self, hours: int = 24, page: int = 10_000) -> None:
        self.hours, self.page = hours, page
        self.asked: list[dict[str, Any]] = []

    def __call__(self, url: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(params)
        queries = params["MetricDataQueries"]
        first = int(params.get("NextToken", 0))
        results = [self._result(query, params) for query in queries[first : first + self.page]]
        more = {"NextToken": str(first + self.page)} if first + self.page < len(queries) else {}
        return {"MetricDataResults": results, **more}

    def _result(self, query: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
        stat = query["MetricStat"]
        days = list(_days(params["StartTime"], params["EndTime"]))
        if stat["Period"] == 86_400:
            moments, values = days, [10.0] * len(days)
        else:
            steps = range(0, self.hours * 3600, stat["Period"])
            moments = [day + timedelta(seconds=step) for day in days for step in steps]
            values = [70.0 if (moment.hour, moment.minute) == (3, 0) else 10.0 for moment in moments]
        return {"Id": query["Id"], "Label": "x", "StatusCode": "Complete", "Timestamps": moments, "Values": values}

    @property
    def series(self) -> set[tuple[str, str]]:
        return {
            (query["MetricStat"]["Metric"]["Namespace"], query["MetricStat"]["Metric"]["MetricName"])
            for params in self.asked
            for query in params["MetricDataQueries"]
        }


def _days(start: datetime, end: datetime) -> Iterator[datetime]:
    while start < end:
        yield start
        start += DAY


def volumes(lake: Lake, count: int, made: datetime = datetime(2026, 1, 1, tzinfo=UTC), **facts: Any) -> None:
    told = [{"VolumeId": f"vol-{number}", "State": "in-use", "CreateTime": made, **facts} for number in range(count)]
    lake.cloud.answers["DescribeVolumes"] = lambda url, _: {"Volumes": told}


def watched(lake: Lake, **options: Any) -> CloudWatch:
    watch = CloudWatch(**options)
    lake.cloud.answers["GetMetricData"] = watch
    return watch


def test_two_weeks_come_at_first_and_later_the_days_since(lake: Lake):
    volumes(lake, 1)
    watched(lake)
    lake.collect("inventory", "metrics")
    told = {row["metric_on"] for row in lake.rows("metrics")}
    assert (min(told), max(told), len(told)) == (date(2026, 11, 12), YESTERDAY, 14)
    later = watched(lake)
    lake.collect("metrics", on=NOW + 3 * DAY)
    asked = {(params["StartTime"].date(), params["EndTime"].date()) for params in later.asked}
    assert asked == {(date(2026, 11, 26), date(2026, 11, 29))}


def test_the_same_day_again_asks_for_the_same_days(lake: Lake):
    volumes(lake, 1)
    watched(lake)
    lake.collect("inventory", "metrics")
    lake.collect("metrics", on=NOW + timedelta(hours=2))
    assert len({row["metric_on"] for row in lake.rows("metrics")}) == 14


def test_a_row_tells_the_day_and_the_hours_behind_it(lake: Lake):
    volumes(lake, 1)
    watched(lake, hours=18)
    lake.collect("inventory", "metrics")
    rows = [row for row in lake.rows("metrics") if row["metric_on"] == YESTERDAY]
    assert {row["metric_name"] for row in rows} == {
        *("VolumeReadOps", "VolumeWriteOps", "VolumeReadBytes", "VolumeWriteBytes")
    }
    for row in rows:
        assert (row["total"], row["average"], row["hour_count"], row["expected_hour_count"]) == (10.0, None, 18, 24)


def test_a_day_without_values_is_told_and_is_not_nought(lake: Lake):
    volumes(lake, 1)
    lake.cloud.answers["GetMetricData"] = lambda url, _: {"MetricDataResults": []}
    lake.collect("inventory", "metrics")
    assert {(row["total"], row["hour_count"]) for row in lake.rows("metrics")} == {(None, 0)}


def test_of_the_days_before_a_resource_was_made_nothing_is_told(lake: Lake):
    volumes(lake, 1, made=datetime(2026, 11, 24, 18, 30, tzinfo=UTC))
    lake.cloud.answers["GetMetricData"] = lambda url, _: {"MetricDataResults": []}
    lake.collect("inventory", "metrics")
    told = {row["metric_on"]: row["expected_hour_count"] for row in lake.rows("metrics")}
    assert told == {date(2026, 11, 24): 6, date(2026, 11, 25): 24}


def test_queries_come_in_batches_of_500_and_every_page_of_the_answer_is_read(lake: Lake):
    volumes(lake, 100)
    watch = watched(lake, page=300)
    report = lake.collect("inventory", "metrics")
    # Four metrics, each with its sum and its hours.
    assert [len(params["MetricDataQueries"]) for params in watch.asked] == [500, 500, 300]
    assert report.spent == 800 * PRICE
    assert len(lake.rows("metrics")) == 100 * 4 * 14


IO1 = {"VolumeType": "io1", "Size": 100, "Iops": 500}


@pytest.mark.parametrize(
    ("facts", "pays_for_speed"),
    [
        (IO1, True),
        ({"VolumeType": "io2", "Size": 100, "Iops": 500}, True),
        ({"VolumeType": "gp3", "Size": 100, "Iops": 3001, "Throughput": 125}, True),
        ({"VolumeType": "gp3", "Size": 100, "Iops": 3000, "Throughput": 126}, True),
        ({"VolumeType": "gp3", "Size": 100, "Iops": 3000, "Throughput": 125}, False),
        ({"VolumeType": "gp2", "Size": 171, "Iops": 513}, True),
        ({"VolumeType": "gp2", "Size": 170, "Iops": 510}, False),
        ({"VolumeType": "st1", "Size": 4000}, False),
    ],
)
def test_the_peak_is_asked_of_volumes_that_pay_for_speed_alone(lake: Lake, facts: dict[str, Any], pays_for_speed: bool):
    volumes(lake, 1, **facts)
    watch = watched(lake)
    lake.collect("inventory", "metrics")
    periods = {query["MetricStat"]["Period"] for params in watch.asked for query in params["MetricDataQueries"]}
    assert periods == ({60} if pays_for_speed else {86_400, 3_600})
    assert {row["busiest_minute"] for row in lake.rows("metrics")} == {70.0 if pays_for_speed else None}


def test_minutes_tell_the_sum_and_the_hours_of_the_day_as_well_and_cost_half(lake: Lake):
    volumes(lake, 1, **IO1)
    watched(lake, hours=18)
    report = lake.collect("inventory", "metrics")
    assert report.spent == 4 * PRICE
    for row in lake.rows("metrics"):
        assert (row["total"], row["busiest_minute"], row["hour_count"]) == (18 * 60 * 10 + 60, 70.0, 18)


def test_a_call_asks_for_no_more_than_one_page_of_answer_holds(lake: Lake):
    volumes(lake, 2, **IO1)
    watch = watched(lake)
    lake.collect("inventory", "metrics")
    # Two weeks of minutes are 20,160 values a metric, and a page holds 100,800.
    assert [len(params["MetricDataQueries"]) for params in watch.asked] == [5, 3]


def test_minutes_that_cloudwatch_has_forgotten_are_not_asked_for_and_no_peak_is_told(lake: Lake):
    volumes(lake, 1, **IO1)
    watched(lake)
    lake.collect("inventory", "metrics")
    later = watched(lake)
    lake.collect("inventory", "metrics", on=NOW + 20 * DAY)
    assert {query["MetricStat"]["Period"] for params in later.asked for query in params["MetricDataQueries"]} == {
        *(86_400, 3_600)
    }
    told = [row for row in lake.rows("metrics") if row["metric_on"] > YESTERDAY]
    assert {(row["total"], row["busiest_minute"], row["hour_count"]) for row in told} == {(10.0, None, 24)}


def test_an_instance_s_hours_are_told_by_their_greatest_load_and_their_traffic(lake: Lake):
    instance = {"InstanceId": "i-1", "InstanceType": "m5.large", "State": {"Name": "running"}}
    lake.cloud.answers["DescribeInstances"] = lambda url, _: {"Reservations": [{"Instances": [instance]}]}
    watched(lake, hours=18)
    report = lake.collect("inventory", "metrics")
    told = {row["metric_name"]: row for row in lake.rows("metrics") if row["metric_on"] == YESTERDAY}
    hours = {f"{hour:02}": "70.0" if hour == 3 else "10.0" for hour in range(18)}
    assert dict(told["CPUUtilization"]["hourly"]) == dict(told["NetworkIn"]["hourly"]) == hours
    assert (told["CPUUtilization"]["maximum"], told["CPUUtilization"]["total"]) == (70.0, None)
    assert (told["NetworkOut"]["total"], told["NetworkOut"]["hour_count"]) == (18 * 10 + 60, 18)
    assert told["EBSReadOps"]["hourly"] is None
    # Three of the processor, two of each direction, and two of each kind of operation.
    assert report.spent == 11 * PRICE


def test_no_more_is_spent_than_may_be(lake: Lake):
    volumes(lake, 100)
    watched(lake)
    report = lake.collect("inventory", "metrics", budget=PRICE * 799)
    ((_, failed),) = report.failed
    assert (failed.part, failed.status) == ("volume", "over_budget")
    assert report.spent == 500 * PRICE
    assert lake.rows("metrics") == []


def test_without_an_inventory_there_is_nothing_to_ask_and_that_is_told(lake: Lake):
    report = lake.collect("metrics")
    assert {answer.status for _, answer in report.failed} == {"unavailable"}
    assert "collect `inventory` first" in report.failed[0][1].reason


@pytest.mark.parametrize(("kind", "is_burstable"), [("t3.micro", True), ("m5.large", False)])
def test_credits_are_asked_of_burstable_instances_alone(lake: Lake, kind: str, is_burstable: bool):
    instance = {"InstanceId": "i-1", "InstanceType": kind, "State": {"Name": "running"}}
    lake.cloud.answers["DescribeInstances"] = lambda url, _: {"Reservations": [{"Instances": [instance]}]}
    watch = watched(lake)
    lake.collect("inventory", "metrics")
    assert (("AWS/EC2", "CPUCreditBalance") in watch.series) == is_burstable
    stats = {query["MetricStat"]["Stat"] for params in watch.asked for query in params["MetricDataQueries"]}
    assert "p99.5" in stats


def test_memory_is_asked_under_all_the_dimensions_that_the_agent_gave_it(lake: Lake):
    instance = {"InstanceId": "i-1", "InstanceType": "m5.large", "State": {"Name": "running"}}
    lake.cloud.answers["DescribeInstances"] = lambda url, _: {"Reservations": [{"Instances": [instance]}]}
    lake.cloud.client("cloudwatch").put_metric_data(
        Namespace="CWAgent",
        MetricData=[
            {
                "MetricName": "mem_used_percent",
                "Value": 40.0,
                "Dimensions": [{"Name": "InstanceId", "Value": one}, {"Name": "ImageId", "Value": "ami-1"}],
            }
            for one in ("i-1", "i-gone")
        ],
    )
    watch = watched(lake)
    lake.collect("inventory", "metrics")
    dimensions = [
        query["MetricStat"]["Metric"]["Dimensions"]
        for params in watch.asked
        for query in params["MetricDataQueries"]
        if query["MetricStat"]["Metric"]["MetricName"] == "mem_used_percent"
    ]
    assert len(dimensions) == 4
    assert all(
        {one["Name"]: one["Value"] for one in each} == {"InstanceId": "i-1", "ImageId": "ami-1"} for each in dimensions
    )


def test_load_balancers_are_asked_by_the_name_that_cloudwatch_has_for_them(lake: Lake):
    arn = f"arn:aws:elasticloadbalancing:{REGION}:1:loadbalancer/app/web/50dc6c495c0c9188"
    told = [{"LoadBalancerName": "web", "LoadBalancerArn": arn, "Type": "application"}]
    lake.cloud.answers["DescribeTags"] = lambda url, _: {"TagDescriptions": []}
    lake.cloud.answers["DescribeLoadBalancers"] = lambda url, params: (
        None if "Names" in params else {"LoadBalancers": told}
    )
    lake.cloud.fails("DescribeInstanceHealth", "AccessDenied")
    watch = watched(lake)
    lake.collect("inventory", "metrics")
    names = {
        one["Value"]
        for params in watch.asked
        for query in params["MetricDataQueries"]
        for one in query["MetricStat"]["Metric"]["Dimensions"]
    }
    assert names == {"app/web/50dc6c495c0c9188"}
