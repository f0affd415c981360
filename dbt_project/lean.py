"""dbt without what nobody here asks of it: a quarter of a small build's processor time.

For each of some hundred nodes dbt makes every macro there is callable anew, the slow way, it puts each thing that it
does into a message that no log wants, it prepares to guess the types of answers that have no rows, and Python looks
through all that dbt knows of the project time and again for what could be thrown away. The models, their order and
their SQL are the same with and without this.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

# What somebody listens to, see `build`. All else that is as small as this is neither shown nor written.
_HEARD = ("NodeStart",)
# How many new things there must be before Python looks for what could be thrown away, and how many such looks before
# it takes in older things: what dbt made of the project stays to the end.
_LOOKS = (50_000, 20, 20)


@contextmanager
def lean() -> Iterator[None]:
    """While it lasts dbt does without. Where a version of dbt has other insides, it is left as it is."""
    with ExitStack() as stack:
        stack.callback(gc.set_threshold, *gc.get_threshold())
        gc.set_threshold(*_LOOKS)
        try:
            changes = [*_macros(), *_events(), *_answers()]
        except (ImportError, AttributeError):
            changes = []
        for owner, name, change in changes:
            stack.callback(setattr, owner, name, owner.__dict__[name])
            setattr(owner, name, change)
        yield


def _macros() -> Iterable[tuple[Any, str, Callable[..., Any]]]:
    """Macros of a node by plain assignments, and their names by plain dictionaries."""
    from dbt.clients.jinja import MacroGenerator
    from dbt.context.configured import ConfiguredContext
    from dbt.context.macro_resolver import TestMacroNamespace
    from dbt.context.macros import GLOBAL_PROJECT_NAME, MacroNamespace, MacroNamespaceBuilder
    from dbt.context.manifest import ManifestContext

    slow: Callable[[Any], dict[str, Any]] = ManifestContext.to_dict

    def init(self: Any, macro: Any, context: Any = None, node: Any = None, stack: Any = None) -> None:
        self.macro, self.context, self.node, self.stack = macro, context, node, stack

    def build_namespace(self: Any, macros_by_package: Mapping[str, Mapping[str, Any]], ctx: Any) -> MacroNamespace:
        node, stack = self.node, self.thread_ctx
        made = {
            package: {name: MacroGenerator(macro, ctx, node, stack) for name, macro in macros.items()}
            for package, macros in macros_by_package.items()
        }
        of_dbt: dict[str, Any] = {}
        for package in reversed(self.internal_package_names_order):
            of_dbt.update(made.pop(package, {}))
        of_root = {} if self.search_package == self.root_package else made.get(self.root_package, {})
        return MacroNamespace(of_root, made.get(self.search_package, {}), of_dbt, made)

    def to_dict(self: Any) -> dict[str, Any]:
        found = self.namespace
        if isinstance(found, TestMacroNamespace):
            return slow(self)
        told: dict[str, Any] = ConfiguredContext.to_dict(self)
        # The other way round than dbt searches: what it would find first comes last.
        for names in (
            found.global_project_namespace,
            {GLOBAL_PROJECT_NAME: found.global_project_namespace},
            found.packages,
            found.global_namespace,
            found.local_namespace,
        ):
            told.update(names)
        return told

    return [
        (MacroGenerator, "__init__", init),
        (MacroNamespaceBuilder, "build_namespace", build_namespace),
        (ManifestContext, "to_dict", to_dict),
    ]


def _events() -> Iterable[tuple[Any, str, Callable[..., Any]]]:
    """A message is put together when somebody reads it, here and not later; those for debugging are read by nobody."""
    from dbt_common.events.base_types import BaseEvent, EventLevel
    from dbt_common.events.event_manager import EventManager

    build: Callable[..., None] = BaseEvent.__init__
    get: Callable[[Any, str], Any] = BaseEvent.__getattr__
    put: Callable[[Any, str, Any], None] = BaseEvent.__setattr__
    fire: Callable[..., None] = EventManager.fire_event

    def init(self: Any, *args: Any, **told: Any) -> None:
        if args:
            build(self, *args, **told)
        else:
            object.__setattr__(self, "_told", told)

    def put_together(self: Any) -> None:
        told: Mapping[str, Any] | None = vars(self).pop("_told", None)
        if told is not None:
            build(self, **told)

    def getattribute(self: Any, name: str) -> Any:
        put_together(self)
        return get(self, name)

    def setattribute(self: Any, name: str, value: Any) -> None:
        put_together(self)
        put(self, name, value)

    def fire_event(self: Any, e: Any, level: Any = None, *args: Any, **more: Any) -> None:
        if (level or e.level_tag()) == EventLevel.DEBUG and type(e).__name__ not in _HEARD:
            return
        fire(self, e, level, *args, **more)

    return [
        (BaseEvent, "__init__", init),
        (BaseEvent, "__getattr__", getattribute),
        (BaseEvent, "__setattr__", setattribute),
        (EventManager, "fire_event", fire_event),
    ]


def _answers() -> Iterable[tuple[Any, str, Callable[..., Any]]]:
    """One empty table for all statements without rows, and one guess at types for all answers alike."""
    from dbt_common.clients import agate_helper

    helper: Any = agate_helper
    empty, guess = helper.empty_table(), cache(helper.build_type_tester)

    def build_type_tester(text_columns: Iterable[str], string_null_values: Iterable[str] = ("null", "")) -> Any:
        return guess(tuple(text_columns), tuple(string_null_values))

    return [(agate_helper, "empty_table", lambda: empty), (agate_helper, "build_type_tester", build_type_tester)]
