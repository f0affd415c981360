"""A month that AWS delivers five times: what each delivery says is known, and they replay in their order."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.restatements import REFUND, Step, last_replayable, restatement_series, write_restatements
from tests.ingestion.synthetic.conftest import Ask, asking


@pytest.fixture(scope="module")
def steps() -> tuple[Step, ...]:
    return restatement_series(date(2026, 2, 1), 7)


@pytest.fixture(scope="module")
def folders(steps: tuple[Step, ...], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return list(write_restatements(steps, tmp_path_factory.mktemp("series"), FORMS["cur2-parquet"]))


def _newest(folder: Path) -> Ask:
    """SQL on the files that the newest manifest names: older deliveries lie beside them."""
    (manifest,) = folder.glob("cur2/*/metadata/*/*-Manifest.json")
    return asking([folder / uri.split("/", 3)[3] for uri in json.loads(manifest.read_text())["dataFiles"]])


def test_every_delivery_tells_its_own_truth(steps: tuple[Step, ...], folders: list[Path]) -> None:
    assert [folder.name for folder in folders] == ["1-open-10", "2-open-20", "3-over", "4-support", "5-refund"]
    for step, folder in zip(steps, folders, strict=True):
        (truth,) = step.ledger.truth.periods
        told = _newest(folder)("select billing_period, count(*), sum(u) from bill group by 1")
        assert told == [("2026-02", truth.row_count, truth.billed)]
        assert json.loads((folder / "truth.json").read_text())["periods"][0]["billed"] == f"{truth.billed:f}"


def test_only_usage_then_only_the_support_fee_then_only_the_refund_is_added(steps: tuple[Step, ...]) -> None:
    ten, twenty, over, support, refund = (step.ledger.truth.periods[0] for step in steps)
    assert ten.billed < twenty.billed < over.billed
    assert support.billed - over.billed == support.billed_by_service["AWS Support (Business)"]
    assert "AWS Support (Business)" not in over.billed_by_service
    assert refund.billed - support.billed == REFUND < 0
    assert refund.row_count - support.row_count == support.row_count - over.row_count == 1


def test_the_invoice_has_a_number_when_the_support_fee_is_on_it_and_not_before(folders: list[Path]) -> None:
    numbers = [_newest(folder)("select count(distinct bill_invoice_id) from bill") for folder in folders]
    assert numbers == [[(0,)], [(0,)], [(0,)], [(1,)], [(1,)]]


def test_every_payer_s_month_is_delivered_and_the_first_one_s_money_given_back() -> None:
    steps = restatement_series(date(2026, 2, 1), 7, payers=3)
    billed = [[at.billed for at in step.ledger.truth.periods] for step in steps]
    assert {step.name: len({at.billing_currency for at in step.ledger.truth.periods}) for step in steps} == {
        **{"open-10": 2, "open-20": 2, "over": 2, "support": 2, "refund": 2}
    }
    for before, after in pairwise(billed[:4]):
        assert all(one < other for one, other in zip(before, after, strict=True))
    assert [after - before for before, after in zip(billed[3], billed[4], strict=True)] == [REFUND, 0, 0]


def test_each_folder_holds_what_the_deliveries_before_left(folders: list[Path]) -> None:
    held = [{path.relative_to(folder) for path in folder.rglob("*.parquet")} for folder in folders]
    assert [len(files) for files in held] == [1, 2, 3, 4, 5]
    assert all(before < after for before, after in pairwise(held))


def test_an_export_that_overwrites_holds_the_newest_delivery_alone(steps: tuple[Step, ...], tmp_path: Path) -> None:
    first, last = write_restatements(steps[:2], tmp_path, FORMS["legacy-csv"], overwrite=True)
    files = [sorted(path for path in folder.rglob("*.gz")) for folder in (first, last)]
    assert [len(found) for found in files] == [1, 1]
    assert files[0][0].read_bytes() != files[1][0].read_bytes()


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 3, 18), date(2026, 2, 1)),
        (date(2026, 3, 17), date(2026, 1, 1)),
        (date(2026, 1, 1), date(2025, 11, 1)),
        (date(2026, 12, 31), date(2026, 11, 1)),
    ],
)
def test_the_series_is_of_the_newest_month_that_could_have_had_its_refund(today: date, month: date) -> None:
    assert last_replayable(today) == month


@pytest.mark.parametrize("form", ["cur2-parquet", "legacy-csv"])
def test_every_delivery_has_a_name_of_its_own(steps: tuple[Step, ...], tmp_path: Path, form: str) -> None:
    last = steps[-3:]
    folders = list(write_restatements(last, tmp_path, FORMS[form]))
    names = {path.relative_to(folder) for folder in folders for path in folder.rglob("*") if path.suffix in _DATA}
    assert len(names) == 3


def test_after_each_delivery_readers_see_that_one_alone(
    steps: tuple[Step, ...], folders: list[Path], tmp_path: Path
) -> None:
    import duckdb

    from ingestion.land import ingest
    from tests.pipeline.conftest import workspace

    ws = workspace(tmp_path / "lake")
    for step, folder in zip(steps, folders, strict=True):
        with ws.store.locked():
            ingest(ws, str(folder))
        (pointer,) = (tmp_path / "lake" / "landing" / "deliveries").rglob("current.json")
        seen = json.loads(pointer.read_text())["delivery_id"]
        files = f"{tmp_path}/lake/landing/cur2/billing_period=2026-02/delivery={seen}/*.parquet"
        told = duckdb.sql(f"select count(*), sum(line_item_unblended_cost) from '{files}'").fetchone()
        (truth,) = step.ledger.truth.periods
        assert told == (truth.row_count, truth.billed), step.name


_DATA = (".parquet", ".gz")
