"""Listens to every statement that this process sends to Athena, whichever library sends it, and tells what it read.

dbt, awswrangler and PyAthena each make clients of their own, but all through botocore. So the meter listens there: a
statement is noted when it is sent, and its bytes when its end is told.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from lake import zones
from lake.aws import models_read_once
from lake.meter import MEGABYTE, Meter
from lake.settings import Athena, Profile
from lake.workspace import Workspace

_SENT = "provide-client-params.athena.StartQueryExecution"
_ACCEPTED = "after-call.athena.StartQueryExecution"
# Runs whose records tell what a statement may read: a model that has nothing to do sends none for a while.
_REMEMBERED = 30
_TOLD = ("after-call.athena.GetQueryExecution", "after-call.athena.BatchGetQueryExecution")


@contextmanager
def metered(athena: Athena, step: str = "", known: Mapping[str, int] | None = None) -> Iterator[Meter]:
    """Count what is read in Athena inside of this block, by this process, through clients that are made in it.

    `known` is the most bytes that a statement of each kind read in earlier runs.
    """
    meter = Meter(athena, step, known or {})
    listeners: list[tuple[str, Any]] = [(_SENT, meter.before), (_ACCEPTED, meter.accepted)]
    listeners += [(event, meter.told) for event in _TOLD]
    with _heard(listeners):
        yield meter


@contextmanager
def reported(ws: Workspace, step: str) -> Iterator[Meter]:
    """Meter a verb, show what its statements read, and keep it in the run's record, whether the verb ends well or not.

    With the embedded engine nothing is read in Athena, and nothing is told. Raises BudgetError when a statement was
    refused, whatever became of that in the libraries between.
    """
    if ws.settings.profile is not Profile.AWS:
        yield Meter(ws.settings.athena, step)
        return
    with models_read_once(), metered(ws.settings.athena, step, _known(ws)) as meter:
        try:
            yield meter
            meter.require_budget()
        except Exception as error:
            if meter.refused is not None and error is not meter.refused:
                raise meter.refused from error
            raise
        finally:
            document = meter.document()
            ws.out.report("athena", document)
            record = {"run_id": ws.run_id, "began_at": ws.now.isoformat(), "athena": document}
            ws.store.write(zones.run_record(ws.run_id), json.dumps(record, indent=1).encode())
            ws.out.say(f"Athena read {meter.bytes / MEGABYTE:,.1f} MB for ${meter.dollars:.4f}.")


def _known(ws: Workspace) -> dict[str, int]:
    """The most bytes that a statement of each kind read in the last run that sent it; needed for a budget alone."""
    known: dict[str, int] = {}
    if ws.settings.athena.budget is None:
        return known
    for key in sorted(file.key for file in ws.store.files(f"{zones.RUNS}/"))[-_REMEMBERED:]:
        try:
            known |= {
                kind: int(read) for kind, read in json.loads(ws.store.read(key) or b"")["athena"]["largest"].items()
            }
        except (ValueError, TypeError, KeyError, AttributeError):
            # A run of another verb, or of an older version.
            continue
    return known


@contextmanager
def _heard(listeners: Sequence[tuple[str, Any]]) -> Iterator[None]:
    """Sessions take listeners up when they are made: there is no other place that all libraries share."""
    import boto3
    from botocore import handlers

    # Made before, and asked for clients again.
    shared = boto3.DEFAULT_SESSION
    for event, listener in listeners:
        handlers.BUILTIN_HANDLERS.append((event, listener))
        if shared is not None:
            shared.events.register(event, listener)
    try:
        yield
    finally:
        for event, listener in listeners:
            handlers.BUILTIN_HANDLERS.remove((event, listener))
            if shared is not None:
                shared.events.unregister(event, listener)
