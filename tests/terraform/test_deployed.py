"""docs/deploying.md, word for word, from an empty account to a filled page and away again, on the local AWS.

One deployment serves all of these tests. What takes its time are waits that Terraform's provider makes for AWS's sake.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lambdas.registry import ACTIONS
from tests.lambdas.policies.iam import allows
from tests.lambdas.policies.test_lint import findings
from tests.support.local_aws import RemoteAws, running
from tests.terraform import task_needs
from tests.terraform.guarded import run_as_deployed, statements_of

pytestmark = [pytest.mark.terraform, pytest.mark.slow, pytest.mark.xdist_group("deployed")]

ROOT = Path(__file__).parents[2]
REGION = "eu-west-1"
PREFIX = "finops-dev"
NEEDED = ("Makefile", "pyproject.toml", "README.md", "finops.py", "lake", "lambdas", "terraform")


@dataclass
class Deployed:
    """An account that the guide was followed in."""

    aws: RemoteAws
    root: Path
    env: dict[str, str]
    said: dict[str, str] = field(default_factory=dict)

    @property
    def bills(self) -> str:
        return f"{PREFIX}-bills-123456789012"

    @property
    def lake(self) -> str:
        return f"{PREFIX}-lake-123456789012"

    def follow(self, *blocks: str, where: str = ".") -> str:
        """Some blocks of the guide in one shell, and all that it said. Fails with that if one of them does."""
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", "\n".join(blocks)],
            cwd=self.root / where,
            env=self.env,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=1500,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-6000:]
        return done.stdout

    def text(self, key: str) -> str:
        return self.aws.client("s3").get_object(Bucket=self.lake, Key=key)["Body"].read().decode()

    def tasks(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in (self.aws.journal.parent / "tasks.jsonl").read_text().splitlines()]


def _blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", (ROOT / "docs" / "deploying.md").read_text(), re.MULTILINE | re.DOTALL)


def _checkout(target: Path) -> Path:
    """What of the repository the guide needs, with the environment that `make setup` made here."""
    target.mkdir()
    for name in (*NEEDED, *(path.name for path in ROOT.glob("requirements*.lock"))):
        source = ROOT / name
        if source.is_dir():
            ignored = shutil.ignore_patterns(".terraform", "*.tfstate*", "__pycache__")
            shutil.copytree(source, target / name, ignore=ignored)
        else:
            shutil.copy2(source, target / name)
    # Linked part by part and ready as of now: make shall not set this one up for the copy.
    (target / ".venv").mkdir()
    for part in Path(sys.prefix).iterdir():
        if part.name != ".ready":
            (target / ".venv" / part.name).symlink_to(part)
    (target / ".venv" / ".ready").touch()
    return target


def _layer(aws: RemoteAws, folder: Path) -> str:
    """A layer in the place of AWS's own: PyArrow is here already."""
    with zipfile.ZipFile(folder / "layer.zip", "w") as packed:
        packed.writestr("python/none", "")
    content = {"ZipFile": (folder / "layer.zip").read_bytes()}
    told = aws.client("lambda").publish_layer_version(LayerName="pyarrow", Content=content)
    return str(told["LayerVersionArn"])


def _deliver(deployed: Deployed, folder: Path) -> None:
    """What AWS does within a day: one month of the example company, where the export delivers it."""
    command = [sys.executable, "-m", "finops", "--quiet", "synth", "--out", str(folder), "--months", "1"]
    subprocess.run(command, cwd=ROOT, check=True)
    s3 = deployed.aws.client("s3")
    for path in (path for path in folder.glob("cur2/**/*") if path.is_file()):
        s3.upload_file(str(path), deployed.bills, path.relative_to(folder).as_posix())


@pytest.fixture(scope="session")
def deployed(terraform_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("deployed")
    with running(tmp_path_factory.mktemp("account"), region=REGION, is_whole=True) as aws:
        env = {
            **terraform_env,
            **aws.environment,
            "PATH": os.pathsep.join(
                [str(Path(__file__).parent / "stand_ins"), str(Path(sys.executable).parent), os.environ["PATH"]]
            ),
            "STAND_IN_NOTES": str(folder / "docker.log"),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "TF_CLI_ARGS": "-no-color",
            # Nobody is there to say yes.
            "TF_CLI_ARGS_apply": "-auto-approve",
            "TF_CLI_ARGS_destroy": "-auto-approve",
            "LAYER": _layer(aws, folder),
        }
        made = Deployed(aws, _checkout(folder / "checkout"), env)
        aws.client("organizations").create_organization(FeatureSet="ALL")
        bucket, tfvars, apply, image, start, look, destroy = _blocks()
        made.said["apply"] = made.follow(bucket, tfvars, apply)
        _deliver(made, folder / "bills")
        made.said["run"] = made.follow(image, start, where="terraform/environments/dev")
        made.said["look"] = made.follow(look, where="terraform/environments/dev")
        yield made
        assert "Destroy complete!" in made.follow(destroy)


def _states(deployed: Deployed) -> list[str]:
    steps = deployed.aws.client("stepfunctions")
    (machine,) = steps.list_state_machines()["stateMachines"]
    (execution,) = steps.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    events = steps.get_execution_history(executionArn=execution["executionArn"], maxResults=1000)["events"]
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def test_guide_leads_to_a_filled_page(deployed: Deployed) -> None:
    assert "SUCCEEDED" in deployed.said["run"], _logs(deployed)
    page = (deployed.root / "page.html").read_text()
    assert "Amazon Elastic Compute Cloud" in page
    assert page == deployed.text("dashboards/index.html")


def _logs(deployed: Deployed) -> str:
    return "\n".join(f"{task['command']}: {Path(task['log']).read_text()[-1500:]}" for task in deployed.tasks())


def test_steps_are_commands_of_finops_one_after_the_other(deployed: Deployed) -> None:
    assert [task["command"] for task in deployed.tasks()] == [
        ["collect"],
        ["ingest", "--bills", f"s3://{deployed.bills}"],
        ["build"],
        ["validate"],
        ["act", "idle_cleanup"],
        ["act", "snapshot_cleanup"],
        ["act", "rightsizing"],
        ["dashboard"],
    ], _states(deployed)


def test_tasks_did_nothing_that_their_role_may_not(deployed: Deployed) -> None:
    aws = deployed.aws
    (definition,) = aws.client("ecs").list_task_definitions()["taskDefinitionArns"]
    told = aws.client("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    statements = statements_of(aws, told["taskRoleArn"].rpartition("/")[2])
    calls = [json.loads(line) for line in (aws.journal.parent / "calls.jsonl").read_text().splitlines()]
    assert {"s3", "glue", "athena", "ec2", "rds", "ce"} <= {service for service, _, _ in calls}
    needs = {need for call in calls for need in task_needs.of_call(aws, PREFIX, *call)}
    needs |= {need for one in aws.statements for need in task_needs.of_statement(aws, one)}
    assert sorted(f"{need.action} on {need.resource}" for need in needs if not allows(statements, need)) == []


def test_apply_says_what_to_do_next(deployed: Deployed) -> None:
    said = deployed.said["apply"]
    assert f"bucket {deployed.bills}, prefix cur2" in said
    assert "Follow the link in AWS's letter to finops@example.com" in said


def test_image_is_pushed_under_the_name_that_tasks_run(deployed: Deployed) -> None:
    (definition,) = deployed.aws.client("ecs").list_task_definitions()["taskDefinitionArns"]
    described = deployed.aws.client("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    image = described["containerDefinitions"][0]["image"]
    notes = Path(deployed.env["STAND_IN_NOTES"]).read_text().splitlines()
    assert notes[0].startswith(f"login --username AWS --password-stdin {image.partition('/')[0]}")
    assert f"--tag {image} " in notes[1]
    assert notes[2] == f"push {image}"


def test_second_plan_changes_nothing(deployed: Deployed) -> None:
    assert "No changes." in deployed.follow("terraform plan -detailed-exitcode", where="terraform/environments/dev")


# parliament's table is older: AWS lists executions of one state machine.
NEWER_THAN_PARLIAMENT = ("states:ListExecutions",)


def test_every_deployed_policy_is_as_aws_s_tables_have_it(deployed: Deployed) -> None:
    iam = deployed.aws.client("iam")
    found = {}
    for role in iam.list_roles()["Roles"]:
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            document = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
            found[role["RoleName"], name] = [
                (issue, detail)
                for issue, detail in findings(document["Statement"])
                if not any(action in str(detail) for action in NEWER_THAN_PARLIAMENT)
            ]
    assert len(found) > 8
    assert {where: told for where, told in found.items() if told} == {}


# auto_tagger is installed by who gave it rules.
@pytest.mark.parametrize("action", sorted(set(ACTIONS) - {"auto_tagger"}))
def test_function_does_what_its_schedule_says_within_its_policy(deployed: Deployed, action: str) -> None:
    told = run_as_deployed(deployed.aws, action, PREFIX)
    assert told["apply"] is False
    assert "AccessDenied" not in json.dumps(told)


def test_action_that_is_let_act_acts_within_its_policy(deployed: Deployed) -> None:
    ec2 = deployed.aws.client("ec2")
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "Schedule", "Value": "any -00:01 enforced"}]}]
    ec2.run_instances(ImageId="ami-12345678", MinCount=1, MaxCount=1, InstanceType="t3.micro", TagSpecifications=tags)
    told = run_as_deployed(deployed.aws, "scheduler", PREFIX, apply=True)
    assert told["counts"] == {"done": 1}, told["outcomes"]


def test_questions_that_people_ask_first_have_answers(deployed: Deployed) -> None:
    athena = deployed.aws.client("athena")
    asked = {}
    for query in athena.list_named_queries(WorkGroup=PREFIX)["NamedQueryIds"]:
        named = athena.get_named_query(NamedQueryId=query)["NamedQuery"]
        run = athena.start_query_execution(
            QueryString=named["QueryString"],
            QueryExecutionContext={"Database": named["Database"]},
            WorkGroup=named["WorkGroup"],
        )["QueryExecutionId"]
        asked[named["Name"]] = run
    assert len(asked) == 10
    told = {name: athena.get_query_execution(QueryExecutionId=run)["QueryExecution"] for name, run in asked.items()}
    assert {name: one["Status"]["State"] for name, one in told.items()} == dict.fromkeys(told, "SUCCEEDED"), told
