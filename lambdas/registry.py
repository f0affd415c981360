"""Every action there is, one line each. Loaded when asked for, so that a list of actions costs nothing."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from lambdas.runtime.action import Action
from lambdas.runtime.errors import UnknownActionError

ACTIONS: dict[str, str] = {
    "idle_cleanup": "lambdas.idle_cleanup.act:IdleCleanup",
    "snapshot_cleanup": "lambdas.snapshot_cleanup.act:SnapshotCleanup",
    "auto_tagger": "lambdas.auto_tagger.act:AutoTagger",
    "rightsizing": "lambdas.rightsizing.act:Rightsizing",
    "cost_reporter": "lambdas.cost_reporter.act:CostReporter",
    "scheduler": "lambdas.scheduler.act:Scheduler",
}
# Those whose plan every run of the pipeline makes: what the marts that it just made propose.
PLANNED = ("idle_cleanup", "snapshot_cleanup", "rightsizing")


def action(name: str) -> Action[Any]:
    """The action of that name. Raises UnknownActionError listing the valid ones."""
    if name not in ACTIONS:
        raise UnknownActionError(
            f"There is no action {name!r}.", where="finops act", todo="Choose one of: " + ", ".join(ACTIONS)
        )
    module, _, cls = ACTIONS[name].partition(":")
    found: Action[Any] = getattr(import_module(module), cls)()
    return found
