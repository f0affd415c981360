"""dbt without what nobody here asks of it: a fifth of a small build's processor time.

For each of some hundred nodes dbt makes every macro there is callable anew, the slow way, and it puts each thing that
it does into a message that no log wants. The models, their order and their SQL are the same with and without this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

# What somebody listens to, see `build`. All else that is as small as this is neither shown nor written.
_HEARD = ("NodeStart",)


@contextmanager
def lean() -> Iterator[None]:
    """While it lasts dbt does without. Where a version of dbt has other insides, it is left as it is."""
    with ExitStack() as stack:
        try:
            changes = [*_macros(), *_events()]
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
    from dbt.context.macros import GLOBAL_PROJECT_NAME
    from dbt.context.manifest import ManifestContext

    slow: Callable[[Any], dict[str, Any]] = ManifestContext.to_dict

    def init(self: Any, macro: Any, context: Any = None, node: Any = None, stack: Any = None) -> None:
        self.macro, self.context, self.node, self.stack = macro, context, node, stack

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

    return [(MacroGenerator, "__init__", init), (ManifestContext, "to_dict", to_dict)]


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
