"""Tests that share a costly fixture run on one worker. Where that fails, nothing else does: it takes longer."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("kept_together")
def test_a_group_of_tests_is_kept_on_one_worker(request: pytest.FixtureRequest):
    is_grouped = bool(request.config.getoption("loadgroup", False))
    assert request.node.nodeid.endswith("@kept_together") == is_grouped
