"""Bills that AWS wrote, computed by the profile aws on the local AWS, against the totals of their own documentation."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dbt_project.build import BuildReport, build
from ingestion.land import ingest
from lake import zones
from lake.aws import models_read_once
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from tests.support.local_aws import running

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("real_on_athena"),
    pytest.mark.usefixtures("without_checks"),
]

BILLS = ("legacy_parquet", "cur2_csv", "legacy_csv")
# Each line cast to ten decimals, then summed: by month, lines, billed and amortized.
TOTALS = {
    "2018-10": (119_307, Decimal("4064.4831315379"), Decimal("4195.9571093179")),
    "2023-11": (1_281, Decimal("1.6823086974"), Decimal("1.6823086974")),
    "2026-04": (471, Decimal("-0.3870018222"), Decimal("-0.3870018222")),
}


@pytest.fixture(scope="module")
def built(real_bills: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, BuildReport]]:
    folder = tmp_path_factory.mktemp("athena")
    with running(folder, ("real",)) as aws, models_read_once(), pytest.MonkeyPatch.context() as patched:
        for name, value in (aws.environment | {"XDG_CACHE_HOME": str(folder / "cache")}).items():
            patched.setenv(name, value)
        ws = Workspace.begin(Settings.resolve(lake="s3://real/lake", profile="aws"), Output(quiet=True))
        for bill in BILLS:
            ingest(ws, str(real_bills / bill))
        yield ws, build(ws)


def test_each_bill_s_totals_are_told_and_reconciled(built: tuple[Workspace, BuildReport]):
    told = {one.billing_period: one for one in built[1].totals}
    assert {month: (one.charge_count, one.billed_cost, one.amortized_cost) for month, one in told.items()} == TOTALS
    assert all(one.is_reconciled and not one.is_held_back for one in told.values())


@pytest.mark.parametrize(
    ("mart", "period", "billed"),
    [
        ("daily_costs", "billing_period", "billed_cost"),
        ("allocated_costs", "billing_period", "billed_cost"),
        ("focus_1_2", "x_BillingPeriod", "BilledCost"),
    ],
)
def test_the_published_marts_add_up_to_them(built: tuple[Workspace, BuildReport], mart: str, period: str, billed: str):
    found: dict[str, Decimal] = defaultdict(Decimal)
    store = built[0].store
    for file in store.files(f"{zones.MARTS}/{mart}/"):
        rows = pq.read_table(io.BytesIO(store.read(file.key) or b""), columns=[period, billed])
        for month, cost in zip(rows[period].to_pylist(), rows[billed].to_pylist(), strict=True):
            found[month] += cost
    assert found == {month: cost for month, (_, cost, _) in TOTALS.items()}
