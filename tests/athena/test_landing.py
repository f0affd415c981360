"""Landed bills in S3 as Athena sees them: in their types, and always one whole delivery."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lake.catalog.settle import settle_landing
from tests.athena.conftest import Lake
from tests.ingestion.bills import cur2_csv, legacy_csv, legacy_line, line, slashed

pytestmark = pytest.mark.xdist_group("athena")

# What changes something in S3 or Glue, and could be the last call of a run.
CHANGES = ("Put", "Create", "Update", "Delete", "Batch", "Upload", "Complete")
TOTALS = "select count(*), sum(line_item_unblended_cost) from cur2 where billing_period = '2026-04'"
OLD, NEW = [["3", "6.5000000000"]], [["4", "40.0000000000"]]


def old(folder: Path) -> Path:
    """April for 6.50 in two files."""
    cur2_csv(
        folder, [line(line_item_unblended_cost=cost) for cost in ("1", "2")], [line(line_item_unblended_cost="3.5")]
    )
    return folder


def new(folder: Path) -> Path:
    """April for 40.00 in two files."""
    cur2_csv(folder, *[[line(line_item_unblended_cost="10")] * 2] * 2)
    return folder


@pytest.fixture
def before_change(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], None]:
    """Have something called before each call that changes S3 or Glue, with the name of the call."""

    def watch(look: Callable[[str], None]) -> None:
        import botocore.client

        send: Any = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]

        def watched(self: Any, operation: str, parameters: Any) -> Any:
            if operation.startswith(CHANGES) and self.meta.service_model.service_name in ("s3", "glue"):
                look(operation)
            return send(self, operation, parameters)

        monkeypatch.setattr("botocore.client.BaseClient._make_api_call", watched)

    return watch


def test_athena_reads_moments_amounts_and_maps_as_they_stand_on_the_bill(lake: Lake, tmp_path: Path):
    told = line(
        line_item_unblended_cost="-0.0000000007",
        line_item_usage_start_date="2026-04-03T23:59:59.000Z",
        resource_tags='{"user_team": "core, and more", "user_empty": ""}',
        discount='{"EdpDiscount": -1.25}',
        product="{}",
        line_item_usage_amount="24.5",
        bill_invoice_id=None,
    )
    cur2_csv(tmp_path / "bills", [told])
    legacy_csv(tmp_path / "bills", [slashed(legacy_line(line_item_unblended_cost="123456789012.0000000001"))])
    lake.ingest(tmp_path / "bills")
    assert lake.ask(
        "select line_item_unblended_cost, line_item_usage_start_date, element_at(resource_tags, 'user_team'), "
        "element_at(discount, 'EdpDiscount') * 2, cardinality(product), line_item_usage_amount, bill_invoice_id, "
        "billing_period, export_name from cur2"
    ) == [["-0.0000000007", "2026-04-03 23:59:59.000", "core, and more", "-2.5", "0", "24.5", None, "2026-04", "daily"]]
    assert lake.ask("select line_item_unblended_cost, line_item_usage_start_date from legacy_cur") == [
        ["123456789012.0000000001", "2018-10-03 00:00:00.000"]
    ]
    assert lake.ask("select count(*) from focus") == [["0"]]


def test_athena_sees_the_old_delivery_or_the_new_one_and_never_half(
    lake: Lake, tmp_path: Path, before_change: Callable[[Callable[[str], None]], None]
):
    lake.ingest(old(tmp_path / "old"))
    assert lake.ask(TOTALS) == OLD
    seen, calls = [], []

    def look(operation: str) -> None:
        calls.append(operation)
        seen.append(lake.ask(TOTALS))

    before_change(look)
    lake.later(hour=7).ingest(new(tmp_path / "new"))
    seen.append(lake.ask(TOTALS))
    assert seen == [OLD] * seen.count(OLD) + [NEW] * seen.count(NEW)
    assert seen[-1] == NEW
    # The partition is moved by one call; it is never taken away and made anew.
    assert calls.count("BatchUpdatePartition") == 1
    assert not [one for one in calls if one.startswith(("DeletePartition", "BatchDelete"))]


class KilledError(BaseException):
    """The process is gone."""


@pytest.mark.slow
def test_a_killed_ingest_leaves_a_whole_delivery_and_the_next_build_or_ingest_goes_on_from_there(
    lake: Lake, tmp_path: Path, before_change: Callable[[Callable[[str], None]], None]
):
    left = [10_000]

    def die(_: str) -> None:
        # The dead make no more calls: neither the next one nor any that would clean up.
        if not left[0]:
            raise KilledError
        left[0] -= 1

    def bill(number: int) -> Path:
        cur2_csv(tmp_path / str(number), *[[line(line_item_unblended_cost=str(number))]] * 2)
        return tmp_path / str(number)

    def total(number: int) -> list[list[str | None]]:
        return [["2", f"{2 * number}.0000000000"]]

    before_change(die)
    lake.ingest(bill(1))
    ends = []
    for moment in range(100):
        left[0] = moment
        number = moment + 2
        try:
            lake.later(hour=7).ingest(bill(number))
        except KilledError:
            left[0] = 10_000
            is_new = {str(total(number - 1)): False, str(total(number)): True}
            killed = is_new[str(lake.ask(TOTALS))]
            # What a build does first.
            settle_landing(lake.ws)
            ends.append((killed, is_new[str(lake.ask(TOTALS))]))
            lake.later(hour=8).ingest(bill(number))
            assert lake.ask(TOTALS) == total(number)
        else:
            break
    # Before the pointer is swapped, between it and the partition, and behind both.
    assert list(dict.fromkeys(ends)) == [(False, False), (False, True), (True, True)]
