"""The task that plans may look at all that the actions look at, and do nothing. Read from the files."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lambdas.registry import PLANNED

MODULES = Path(__file__).parents[2] / "terraform" / "modules"
READING = ("Describe", "Get", "List", "Lookup")


def _looked_at() -> set[str]:
    """What the planned actions read beside the lake."""
    found = set()
    for action in PLANNED:
        # Words that Terraform fills in stand in resources and keys alone.
        text = re.sub(r"\$\{tag_keys\}", "[]", (MODULES / "actions" / "policies" / f"{action}.json").read_text())
        for statement in json.loads(text):
            found |= {one for one in statement["Action"] if one.partition(":")[2].startswith(READING)}
    return found


def _may() -> set[str]:
    text = (MODULES / "pipeline" / "roles.tf").read_text()
    (body,) = re.findall(r'Sid\s*= "LookForPlans".*?Action = \[(.*?)\]', text, re.DOTALL)
    return set(re.findall(r'"([^"]+)"', body))


def test_task_may_look_at_all_that_plans_look_at_and_no_more() -> None:
    assert _may() == _looked_at()
