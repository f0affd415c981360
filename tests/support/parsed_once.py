"""dbt parses the project once per worker and target, not once per build: a fifth of a small build's processor time.

What a build computes is not touched: models are compiled and run each time. Builds in processes of their own parse for
themselves, as a user's do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dbt_project.engine import DbtCall

PARTIAL_PARSE = "partial_parse.msgpack"


class Parsed:
    """What dbt made of the project's files, by target and by the names that the target gives to tables."""

    def __init__(self) -> None:
        self.leaves_checks_out = False
        self._content: dict[tuple[str, str], bytes] = {}

    def key(self, call: DbtCall) -> tuple[str, str]:
        return call.target, call.environment.get("FINOPS_GLUE_PREFIX", "")

    def manifest(self, call: DbtCall) -> Any:
        """A manifest of its own for each build, for dbt writes into it; None when nothing is known yet."""
        from dbt.contracts.graph.manifest import Manifest

        content = self._content.get(self.key(call))
        if content is None:
            return None
        manifest: Any = Manifest.from_msgpack(content)
        manifest.build_flat_graph()
        return manifest

    def _without(self) -> list[str]:
        return ["--exclude-resource-type=test"] if self.leaves_checks_out else []

    def keep(self, call: DbtCall) -> None:
        path = Path(call.working) / PARTIAL_PARSE
        if self.key(call) not in self._content and path.exists():
            self._content[self.key(call)] = path.read_bytes()

    @contextmanager
    def reused_by(self, call: DbtCall) -> Iterator[None]:
        """While it lasts, dbt's runner does not parse what was parsed before."""
        import dbt.cli.main

        class Runner(dbt.cli.main.dbtRunner):
            def __init__(runner, manifest: Any = None, callbacks: Any = None) -> None:  # noqa: N805
                super().__init__(manifest or self.manifest(call), callbacks)

            def invoke(runner, args: list[str], **more: Any) -> Any:  # noqa: N805
                return super().invoke([*args, *self._without()], **more)

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("dbt.cli.main.dbtRunner", Runner)
            yield
        self.keep(call)
