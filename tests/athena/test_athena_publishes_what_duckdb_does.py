"""The same bills through both engines: the same bytes are published, and a changed month alone is touched.

Each test goes on where the one before it left both lakes.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.athena.company import Company, marts

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("athena")]


def test_a_first_build_publishes_the_same_bytes(company: Company):
    company.deliver(date(2026, 7, 3))
    there, here = company.build()
    assert there == here
    assert marts(company.there) == marts(company.here)
