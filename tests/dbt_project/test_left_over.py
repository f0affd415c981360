"""What a killed task left running in Athena is ended before its months are computed anew, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from dbt_project.left_over import stop_left_over
from lake.errors import LakeError

NOW = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


class Athena:
    """A workgroup's statements by id: (state, database, minutes ago). One that is stopped takes two looks to end."""

    def __init__(self, told: dict[str, tuple[str, str, int]], *, page: int = 50, ends: bool = True):
        self.told, self.page, self.ends = told, page, ends
        self.stopped: list[str] = []
        self.listed = 0
        self._looks: dict[str, int] = {}

    def get_paginator(self, _: str) -> Athena:
        return self

    def paginate(self, WorkGroup: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        assert WorkGroup == "finops"
        ids = list(self.told)
        for start in range(0, max(len(ids), 1), self.page):
            self.listed += 1
            yield {"QueryExecutionIds": ids[start : start + self.page]}

    def stop_query_execution(self, QueryExecutionId: str) -> None:  # noqa: N803
        self.stopped.append(QueryExecutionId)

    def batch_get_query_execution(self, QueryExecutionIds: Sequence[str]) -> dict[str, Any]:  # noqa: N803
        assert 1 <= len(QueryExecutionIds) <= 50
        return {"QueryExecutions": [self._one(id) for id in QueryExecutionIds]}

    def _one(self, id: str) -> dict[str, Any]:
        state, database, minutes = self.told[id]
        if id in self.stopped and self.ends:
            self._looks[id] = self._looks.get(id, 0) + 1
            state = "CANCELLED" if self._looks[id] > 2 else state
        return {
            "QueryExecutionId": id,
            "QueryExecutionContext": {"Database": database} if database else {},
            "Status": {"State": state, "SubmissionDateTime": NOW - timedelta(minutes=minutes)},
        }


def stop(athena: Any, waits: list[float]) -> int:
    return stop_left_over(athena, "finops", "finops_build", NOW, waits.append)


def test_what_still_runs_in_the_build_s_database_is_stopped_and_waited_for():
    athena = Athena(
        {
            "inserts": ("RUNNING", "finops_build", 3),
            "waits": ("QUEUED", "Finops_Build", 3),
            "a person's": ("RUNNING", "finops_marts", 2),
            "nobody's": ("RUNNING", "", 2),
            "done": ("SUCCEEDED", "finops_build", 4),
        }
    )
    waits: list[float] = []
    assert stop(athena, waits) == 2
    assert athena.stopped == ["inserts", "waits"]
    assert len(waits) == 2


def test_statements_of_earlier_days_are_not_gone_through():
    recent = {f"r{number}": ("SUCCEEDED", "finops_build", 10) for number in range(60)}
    old = {f"o{number}": ("SUCCEEDED", "finops_build", 2000) for number in range(500)}
    athena = Athena(recent | {"late": ("RUNNING", "finops_build", 50)} | old)
    assert stop(athena, []) == 1
    assert athena.listed == 2


def test_a_new_workgroup_has_nothing_to_stop():
    assert stop(Athena({}), []) == 0


def test_a_statement_that_does_not_end_stops_the_build():
    athena = Athena({"stuck": ("RUNNING", "finops_build", 3)}, ends=False)
    with pytest.raises(LakeError, match="does not end") as told:
        stop(athena, [])
    assert "query stuck" in told.value.where
