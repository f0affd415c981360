"""Run `finops` and kill it, by SIGKILL, at a chosen moment: python -m tests.support.kill_at MOMENT finops-arguments...

A MOMENT is `before:N`, `after:N` (the N-th file that is swapped into the lake) or `during:MODEL` (while dbt computes
it). The command never gets a chance to clean up, as when a container is stopped or the power fails.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import finops
from lake import store


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def count_swaps(number: int, *, after: bool) -> None:
    """Die around the N-th swap; every file enters a lake on disk by `_swap` or by `write_once`."""
    seen = 0

    def wrapped(swap: Callable[..., Any]) -> Callable[..., Any]:
        def swapped(*arguments: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == number and not after:
                die()
            answer = swap(*arguments)
            if seen == number:
                die()
            return answer

        return swapped

    store.LocalStore._swap = wrapped(store.LocalStore._swap)  # type: ignore[method-assign]
    store.LocalStore.write_once = wrapped(store.LocalStore.write_once)  # type: ignore[method-assign]


def die_during(model: str) -> None:
    """Die when dbt begins a model."""
    from dbt.cli import main

    class Watched(main.dbtRunner):
        def __init__(self, manifest: Any = None, callbacks: Any = None) -> None:
            super().__init__(manifest, [*(callbacks or []), self.watch])

        @staticmethod
        def watch(event: Any) -> None:
            if event.info.name == "NodeStart" and event.data.node_info.node_name == model:
                die()

    main.dbtRunner = Watched  # type: ignore[misc]


if __name__ == "__main__":
    kind, _, which = sys.argv[1].partition(":")
    if kind == "during":
        die_during(which)
    else:
        count_swaps(int(which), after=kind == "after")
    sys.argv = ["finops", *sys.argv[2:]]
    finops.main()
