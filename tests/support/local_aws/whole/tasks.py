"""Steps that run as Step Functions runs them, and tasks that are processes with the settings of their definition."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.support.local_aws.server import LocalAws

ROOT = Path(__file__).parents[4]
LISTENING = Path(__file__).parent / "listening"


def patch(account: LocalAws) -> None:
    from moto.core.config import default_user_config
    from moto.ecs.models import EC2ContainerServiceBackend
    from moto.moto_api import state_manager
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service_callback
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (
        StateTaskService,
    )
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_ecs import (
        StateTaskServiceEcs,
    )
    from moto.stepfunctions.parser.asl.utils import json_path
    from moto.stepfunctions.parser.models import StepFunctionsParserBackend

    # Clients of the steps look for the server there.
    os.environ["MOTO_PORT"] = account.url.rpartition(":")[2]
    default_user_config["stepfunctions"] = {"execute_state_machine": True}
    account.patch(state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK", 0.1)
    # A task ends when its process does, not when it was asked for often enough.
    state_manager.set_transition("ecs::task", {"progression": "manual", "times": 10**9})

    run, describe = EC2ContainerServiceBackend.run_task, EC2ContainerServiceBackend.describe_tasks

    def run_task(self: Any, *given: Any, **named: Any) -> Any:
        tasks = run(self, *given, **named)
        for task in tasks:
            task.process = _start(account, self.describe_task_definition(task.task_definition_arn), task)
        return tasks

    def describe_tasks(self: Any, *given: Any, **named: Any) -> Any:
        tasks = describe(self, *given, **named)
        for task in tasks:
            code = task.process.poll()
            task.status = task.last_status = "RUNNING" if code is None else "STOPPED"
            if code is not None:
                for container in task.containers:
                    container.exitCode = code
        return tasks

    # Of a task on Fargate the sizes are the task's own; moto adds up those of containers, which have none.
    free = {"CPU": 0, "MEMORY": 0, "PORTS": [], "PORTS_UDP": []}
    account.patch(EC2ContainerServiceBackend, "_calculate_task_resource_requirements", lambda *_: free)
    account.patch(EC2ContainerServiceBackend, "run_task", run_task)
    account.patch(EC2ContainerServiceBackend, "describe_tasks", describe_tasks)
    account.patch(StateTaskServiceEcs, "_build_sync_resolver", _failing(StateTaskServiceEcs._build_sync_resolver))
    # A path that names one thing gives that thing, not a list of one.
    account.patch(json_path, "_is_singleton_array_access", lambda path: not re.search(r"[*:?@]|\.\.", path))
    account.patch(StateTaskService, "_normalise_parameters", _in_small_letters)
    account.patch(StateTaskService, "_normalise_response", _in_capitals)
    account.patch(
        StepFunctionsParserBackend, "start_execution", _with_a_name(StepFunctionsParserBackend.start_execution)
    )


def _start(account: LocalAws, definition: Any, task: Any) -> subprocess.Popen[bytes]:
    """The container's process. Of this machine it has nothing but the way to Python."""
    (container,) = definition.container_definitions
    (override,) = task.overrides["containerOverrides"]
    work = account.folder / "tasks" / task.id
    work.mkdir(parents=True)
    environment = {
        **account.environment,
        **{pair["name"]: pair["value"] for pair in container["environment"]},
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(LISTENING), str(ROOT)]),
        "LOCAL_AWS_CALLS": str(account.folder / "calls.jsonl"),
        "HOME": str(work),
        "TMPDIR": str(work),
        "XDG_CACHE_HOME": str(work / "cache"),
    }
    told = {"command": override["command"], "log": str(work / "log"), "settings": container["environment"]}
    with (account.folder / "tasks.jsonl").open("a") as file:
        file.write(json.dumps(told) + "\n")
    with (work / "log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "finops", *override["command"]],
            cwd=work,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def _failing(before: Any) -> Any:
    """A step whose container ends with another code than 0 has failed: AWS says so, moto's steps do not."""

    def resolver(self: Any, env: Any, *given: Any, **named: Any) -> Any:
        resolve = before(self, env, *given, **named)

        def resolved() -> Any:
            task = resolve()
            if task and any(container.get("ExitCode") for container in task["Containers"]):
                raise _failure(self, env, json.dumps(task, default=str))
            return task

        return resolved

    return resolver


def _failure(step: Any, env: Any, cause: str) -> Exception:
    from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import StatesErrorNameType
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

    kind = StatesErrorNameType.StatesTaskFailed
    told = TaskFailedEventDetails(
        error=kind.to_name(),
        cause=cause,
        resourceType=step._get_sfn_resource_type(),
        resource=step._get_sfn_resource(),
    )
    details = EventDetails(taskFailedEventDetails=told)
    return FailureEventException(FailureEvent(env, StatesErrorName(kind), HistoryEventType.TaskFailed, details))


def _named(parameters: Any, change: Callable[[str], str]) -> None:
    """In steps every name begins with a capital, whatever the service calls it; moto leaves names as they are."""
    for name in list(parameters) if isinstance(parameters, dict) else ():
        parameters[change(name[0]) + name[1:]] = parameters.pop(name)
    for value in parameters.values() if isinstance(parameters, dict) else parameters:
        if isinstance(value, dict | list):
            _named(value, change)


def _in_small_letters(self: Any, parameters: Any, *_: Any, **__: Any) -> None:
    _named(parameters, str.lower)


def _in_capitals(self: Any, response: Any, *_: Any, **__: Any) -> None:
    _named(response, str.upper)


def _with_a_name(before: Any) -> Any:
    """An execution that nobody gives a name has one of its own."""

    def start(self: Any, state_machine_arn: str, name: str | None = None, *given: Any, **named: Any) -> Any:
        return before(self, state_machine_arn, name or str(uuid.uuid4()), *given, **named)

    return start
