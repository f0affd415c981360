"""What is left out of dbt is heard by nobody, and what is found is what dbt itself would find."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from dbt.clients.jinja import MacroGenerator
from dbt.context.configured import ConfiguredContext
from dbt.context.macros import MacroNamespace
from dbt.context.manifest import ManifestContext
from dbt.events.types import NodeStart
from dbt_common.events.base_types import BaseEvent
from dbt_common.events.event_manager import EventManager
from dbt_common.events.types import Note, SystemStdErr

from dbt_project.lean import lean

PATCHED = [
    (MacroGenerator, "__init__"),
    (ManifestContext, "to_dict"),
    (BaseEvent, "__init__"),
    (BaseEvent, "__getattr__"),
    (BaseEvent, "__setattr__"),
    (EventManager, "fire_event"),
]


def test_this_version_of_dbt_is_made_lean_and_left_as_it_was() -> None:
    before = [getattr(owner, name) for owner, name in PATCHED]
    with lean():
        assert all(getattr(owner, name) is not was for (owner, name), was in zip(PATCHED, before, strict=True))
    assert [getattr(owner, name) for owner, name in PATCHED] == before


def test_names_of_macros_mean_what_dbt_would_find(monkeypatch: pytest.MonkeyPatch) -> None:
    def named(*names: str) -> dict[str, Any]:
        return {name: object() for name in names}

    namespace = MacroNamespace(
        global_namespace=named("in_root", "in_both", "everywhere"),
        local_namespace=named("in_package", "in_both", "everywhere"),
        global_project_namespace=named("of_dbt", "everywhere"),
        packages={"finops": named("in_root")},
    )
    monkeypatch.setattr(ConfiguredContext, "to_dict", lambda self: {"var": 1})
    with lean():
        told = ManifestContext.to_dict(SimpleNamespace(namespace=namespace))  # type: ignore[arg-type]
    assert told == {"var": 1, **dict(namespace)}


def test_messages_are_heard_but_those_for_debugging() -> None:
    heard: list[str] = []
    manager = EventManager()
    manager.add_callback(lambda message: heard.append(message.info.msg))
    with lean():
        manager.fire_event(NodeStart(node_info={"unique_id": "model.finops.daily_costs"}))
        manager.fire_event(Note(msg="told"))
        manager.fire_event(SystemStdErr(bmsg="for debugging"))
    assert heard == ["Began running node model.finops.daily_costs", "told"]


def test_a_message_says_the_same_as_before() -> None:
    plain = Note(msg="told")
    with lean():
        put_off = Note(msg="told")
        changed = Note(msg="told")
        changed.msg = "told otherwise"
        assert put_off.to_dict() == plain.to_dict()
        assert (put_off.message(), changed.message()) == (plain.message(), "told otherwise")
