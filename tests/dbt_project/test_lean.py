"""What is left out of dbt is heard by nobody, and what is found is what dbt itself would find."""

from __future__ import annotations

import gc
from types import SimpleNamespace
from typing import Any

import pytest
from dbt.clients.jinja import MacroGenerator
from dbt.context.configured import ConfiguredContext
from dbt.context.macros import MacroNamespace, MacroNamespaceBuilder
from dbt.context.manifest import ManifestContext
from dbt.events.types import NodeStart
from dbt_common.clients import agate_helper
from dbt_common.events.base_types import BaseEvent
from dbt_common.events.event_manager import EventManager
from dbt_common.events.types import Note, SystemStdErr

from dbt_project.lean import lean

PATCHED = [
    (MacroGenerator, "__init__"),
    (MacroNamespaceBuilder, "build_namespace"),
    (ManifestContext, "to_dict"),
    (BaseEvent, "__init__"),
    (BaseEvent, "__getattr__"),
    (BaseEvent, "__setattr__"),
    (EventManager, "fire_event"),
    (agate_helper, "empty_table"),
    (agate_helper, "build_type_tester"),
]


def test_this_version_of_dbt_is_made_lean_and_left_as_it_was() -> None:
    before = [getattr(owner, name) for owner, name in PATCHED]
    looks = gc.get_threshold()
    with lean():
        assert all(getattr(owner, name) is not was for (owner, name), was in zip(PATCHED, before, strict=True))
    assert [getattr(owner, name) for owner, name in PATCHED] == before
    assert gc.get_threshold() == looks


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


@pytest.mark.parametrize("package", ["finops", "another", "dbt"])
def test_macros_stand_where_dbt_would_put_them(package: str):
    """Those of the node's package before those of the project, and an adapter's before dbt's own."""

    def names(*packages: str) -> dict[str, dict[str, Any]]:
        return {one: {name: macro(one, name) for name in ("in_all", f"in_{one}")} for one in packages}

    def macro(package: str, name: str) -> SimpleNamespace:
        return SimpleNamespace(package_name=package, name=name, unique_id=f"macro.{package}.{name}")

    def told() -> dict[str, Any]:
        stack: Any = None
        builder = MacroNamespaceBuilder("finops", package, stack, ["dbt_duckdb", "dbt"])
        made: Any = builder.build_namespace(found, {"var": 1})  # type: ignore[arg-type]
        flat = {name: made[name] for name in made}
        return {
            name: {key: one.macro for key, one in value.items()} if isinstance(value, dict) else value.macro
            for name, value in flat.items()
        }

    found = names("dbt", "dbt_duckdb", "finops", "another")
    as_dbt_does = told()
    with lean():
        assert told() == as_dbt_does


def test_an_answer_without_rows_is_the_empty_table_and_types_are_guessed_as_before():
    rows = [{"day": "2026-03-01", "cost": "1.5", "note": ""}]
    plain = agate_helper.table_from_data_flat(rows, ["day", "cost", "note"])
    with lean():
        lean_one = agate_helper.table_from_data_flat(rows, ["day", "cost", "note"])
        empty = agate_helper.empty_table()  # type: ignore[no-untyped-call]
    assert (len(empty.rows), len(empty.columns)) == (0, 0)
    assert [type(one) for one in lean_one.column_types] == [type(one) for one in plain.column_types]


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
