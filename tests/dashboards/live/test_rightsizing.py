"""A smaller type is recommended where everything that was measured fits, and what was not measured is said."""

from __future__ import annotations

from typing import Any

import pytest

from dashboards.live.rightsizing import Recommendation, recommendations
from tests.dashboards.live.facts import TODAY, days, instance_type, known, resource

TYPES = (
    instance_type("m5.large", 2, 8),
    instance_type("m5.xlarge", 4, 16),
    instance_type("m5.2xlarge", 8, 32),
    instance_type("c5.large", 2, 4),
)


def judged(
    cpu: float = 15.0,
    peak: float = 30.0,
    memory: float | None = 15.0,
    count: int = 14,
    coverage: float = 1.0,
    types: Any = TYPES,
    **told: Any,
) -> list[Recommendation]:
    instance = resource("instance", **{"state": "running", "type": "m5.2xlarge", **told})
    metrics = {"CPUUtilization": days(count, p99_5=cpu, maximum=peak, coverage=coverage)}
    if memory is not None:
        metrics["mem_used_percent"] = days(count, p99_5=memory, coverage=coverage)
    return list(recommendations(known(instance, metrics=metrics, types=types), TODAY))


def test_the_smallest_type_of_the_family_that_carries_it_is_recommended():
    (one,) = judged(cpu=15.0, peak=20.0, memory=15.0)
    assert (one.recommended_type, one.confidence, one.day_count) == ("m5.large", "high", 14)


@pytest.mark.parametrize(
    ("measured", "recommended"),
    [
        ({"cpu": 20.0, "peak": 25.0}, "m5.large"),
        ({"cpu": 20.1, "peak": 25.0}, "m5.xlarge"),
        ({"cpu": 15.0, "peak": 25.1}, "m5.xlarge"),
        ({"peak": 25.0, "memory": 20.0}, "m5.large"),
        ({"peak": 25.0, "memory": 20.1}, "m5.xlarge"),
    ],
)
def test_a_fifth_stays_free_and_the_peak_fits(measured: dict[str, float], recommended: str):
    assert [one.recommended_type for one in judged(**measured)] == [recommended]  # type: ignore[arg-type]


def test_where_memory_is_not_measured_it_is_said_and_nobody_is_sure():
    (one,) = judged(memory=None)
    assert (one.confidence, one.blockers) == ("low", ("memory is not known",))


@pytest.mark.parametrize(
    "told",
    [
        {"cpu": 41.0},
        {"memory": 41.0},
        {"count": 13},
        {"coverage": 0.89},
        {"state": "stopped"},
        {"lifecycle": "spot"},
        {"group_name": "web"},
        {"types": ()},
        {"types": (*TYPES[:2], instance_type("m5.2xlarge", 8, 32, is_burstable=True))},
        {"types": (*TYPES[:2], instance_type("m5.2xlarge", 8, 32, has_instance_storage=True))},
        {"attributes": {"network_interface_count": "4"}},
    ],
    ids=str,
)
def test_what_is_busy_unknown_or_not_to_be_resized_is_left_alone(told: dict[str, Any]):
    assert judged(**told) == []


def test_a_volume_of_the_older_type_is_told():
    gp2 = resource("volume", type="gp2", state="in-use", use_count=1)
    assert [one.recommended_type for one in recommendations(known(gp2), TODAY)] == ["gp3"]
    assert list(recommendations(known(gp2 | {"type": "gp3"}), TODAY)) == []
