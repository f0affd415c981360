"""Where bills that AWS wrote lie, if they lie anywhere; without them these tests skip and say so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

BESIDE = Path(__file__).parents[3] / "shared" / "bills"


@pytest.fixture(scope="session")
def real_bills() -> Path:
    """The folder of real bills: FINOPS_REAL_BILLS, or `shared/bills` beside the checkout."""
    folder = Path(os.environ.get("FINOPS_REAL_BILLS") or BESIDE)
    if not (folder / "legacy_parquet").is_dir():
        pytest.skip(f"no real bills: FINOPS_REAL_BILLS is not set and {BESIDE} is not there")
    return folder
