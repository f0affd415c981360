"""What an installation costs a month, of its own plan: `terraform show -json tfplan > plan.json`, then
`python -m benchmarks.running_cost plan.json`.

How many keys, alarms and functions there are and how often they run is in the plan; prices and usage are in
running_cost.yml. Dollars, without free tiers and without what CloudTrail and support take.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

TABLES = Path(__file__).with_suffix(".yml")
DAYS = 30.4
Usage = Mapping[str, Any]


def monthly(plan: Mapping[str, Any], usage: Usage, prices: Mapping[str, float]) -> dict[str, float]:
    """Dollars a month by service, of what a plan creates and an organisation uses."""
    runs = usage["runs_a_day"] * DAYS
    return {
        "KMS": len(list(_planned(plan, "aws_kms_key"))) * prices["kms_key_month"],
        "CloudWatch": _cloudwatch(plan, usage, prices),
        "Fargate": _fargate(plan, usage, prices),
        "Step Functions": runs * usage["steps"] * 3 / 1000 * prices["transitions_thousand"],
        "Lambda": _lambda(plan, usage, prices),
        "Athena": runs * (usage["athena_statements"] * 0.01 + usage["athena_gb"]) / 1000 * prices["athena_tb"],
        "S3": usage["lake_gb"] * prices["s3_gb_month"]
        + runs * (usage["puts"] * prices["s3_put_thousand"] + usage["gets"] * prices["s3_get_thousand"]) / 1000,
        # Five images are kept; they share most of their layers.
        "ECR": 2 * usage["image_gb"] * prices["ecr_gb_month"],
        "Cost Explorer": DAYS * usage["cost_explorer_questions"] * prices["cost_explorer_question"],
    }


def _planned(plan: Mapping[str, Any], kind: str) -> Iterator[dict[str, Any]]:
    for change in plan["resource_changes"]:
        if change["type"] == kind and change["change"]["after"] is not None:
            yield change["change"]["after"]


def _cloudwatch(plan: Mapping[str, Any], usage: Usage, prices: Mapping[str, float]) -> float:
    watched = 0
    for alarm in _planned(plan, "aws_cloudwatch_metric_alarm"):
        asked = [query for query in alarm.get("metric_query") or () if query.get("metric")]
        watched += len(asked) or 1
    boards = max(0, len(list(_planned(plan, "aws_cloudwatch_dashboard"))) - 3)
    return float(
        boards * prices["dashboard_month"]
        + watched * prices["alarm_metric_month"]
        + usage["log_gb"] * prices["log_gb"]
        + DAYS * usage["metrics"] / 1000 * prices["metrics_thousand"]
        + usage["custom_metrics"] * prices["custom_metric_month"]
    )


def _fargate(plan: Mapping[str, Any], usage: Usage, prices: Mapping[str, float]) -> float:
    (task,) = _planned(plan, "aws_ecs_task_definition")
    (platform,) = task["runtime_platform"]
    suffix = "" if platform["cpu_architecture"] == "ARM64" else "_x86"
    size = int(task["cpu"]) / 1024 * prices[f"vcpu_hour{suffix}"]
    size += int(task["memory"]) / 1024 * prices[f"memory_gb_hour{suffix}"]
    hours = usage["runs_a_day"] * DAYS * usage["steps"] * usage["step_minutes"] / 60
    return float(hours * (size + prices["public_address_hour"]))


def _lambda(plan: Mapping[str, Any], usage: Usage, prices: Mapping[str, float]) -> float:
    """Every function as often as its rule says."""
    rules = [rule["schedule_expression"] for rule in _planned(plan, "aws_cloudwatch_event_rule")]
    runs = sum(_times_a_day(rule) for rule in rules if rule) * DAYS
    sizes = [function["memory_size"] / 1024 for function in _planned(plan, "aws_lambda_function")]
    mean = sum(sizes) / len(sizes) if sizes else 0
    return float(
        runs * usage["function_seconds"] * mean * prices["lambda_gb_second"] + runs / 1e6 * prices["lambda_million"]
    )


def _times_a_day(schedule: str) -> float:
    every = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", schedule)
    if every is None:
        return 1
    return {"minute": 1440, "hour": 24, "day": 1}[every[2]] / int(every[1])


def table(plan: Mapping[str, Any]) -> str:
    """The table of the README, in Markdown."""
    told = yaml.safe_load(TABLES.read_text())
    costs = {name: monthly(plan, usage, told["prices"]) for name, usage in told["organisations"].items()}
    services = list(next(iter(costs.values())))
    lines = [f"| dollars a month | {' | '.join(services)} | all |", f"|---|{'---:|' * (len(services) + 1)}"]
    for name, usage in told["organisations"].items():
        amounts = [_dollars(costs[name][service]) for service in services]
        lines.append(f"| {usage['says']} | {' | '.join(amounts)} | **{_dollars(sum(costs[name].values()))}** |")
    return "\n".join(lines) + "\n"


def _dollars(amount: float) -> str:
    """To ten cents: what is assumed is no more exact."""
    return f"{amount:.1f}"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description="What an installation costs a month, of its own plan.")
    parser.add_argument("plan", type=Path, help="what `terraform show -json tfplan` printed")
    print(table(json.loads(parser.parse_args().plan.read_text())))


if __name__ == "__main__":
    main()
