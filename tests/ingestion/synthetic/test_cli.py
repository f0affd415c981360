"""`finops synth` as a user runs it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ingestion.synthetic.cli import synth
from ingestion.synthetic.writing import write_bills
from lake.errors import LakeError, SettingsError
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace


def _workspace(tmp_path: Path, now: datetime) -> Workspace:
    settings = Settings.resolve(lake=str(tmp_path / "lake"), environ={})
    return Workspace.begin(settings, Output(quiet=True), now)


def test_default_is_last_month_whole_and_this_month_through_yesterday(tmp_path: Path) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    result = CliRunner().invoke(_app(ws), ["--out", str(tmp_path / "bills")])
    assert result.exit_code == 0, result.output
    truth = json.loads((tmp_path / "bills" / "truth.json").read_text())
    assert [(at["billing_period"], at["through"]) for at in truth["periods"]] == [
        ("2026-06", "2026-06-30"),
        ("2026-07", "2026-07-02"),
    ]
    report = ws.out.document["synth"]
    assert [at["billing_period"] for at in report["periods"]] == ["2026-06", "2026-07"]
    assert all(Path(path).is_file() for path in report["manifests"])
    assert not (tmp_path / "lake").exists()


def _app(ws: Workspace) -> typer.Typer:
    app = typer.Typer()
    app.command(context_settings={"obj": ws})(synth)
    return app


def test_on_the_first_of_a_month_it_is_the_two_whole_months_before(tmp_path: Path) -> None:
    ws = _workspace(tmp_path, datetime(2026, 3, 1, 0, 5, tzinfo=UTC))
    result = write_bills(ws, tmp_path / "bills", months=2, through=None, seed=7, file_format="parquet")
    assert [(at.billing_period, at.is_open) for at in result.truth.periods] == [("2026-01", False), ("2026-02", False)]


@pytest.mark.parametrize(
    ("months", "through", "file_format", "named"),
    [
        (2, None, "xlsx", "cur2-parquet, cur2-csv, legacy-parquet, legacy-parquet-manifest, legacy-csv"),
        (0, None, "parquet", "1 to 12"),
        (13, None, "parquet", "1 to 12"),
        (1, datetime(2026, 7, 3, tzinfo=UTC).date(), "parquet", "yesterday"),
    ],
)
def test_wrong_choices_are_refused_with_the_right_ones(
    tmp_path: Path, months: int, through: object, file_format: str, named: str
) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    with pytest.raises(SettingsError) as refused:
        write_bills(ws, tmp_path / "bills", months=months, through=through, seed=7, file_format=file_format)  # type: ignore[arg-type]
    assert named in refused.value.todo
    assert not (tmp_path / "bills").exists()


@pytest.mark.parametrize(
    ("name", "ending"),
    [
        ("parquet", "Manifest.json"),
        ("cur2-csv", "Manifest.json"),
        ("legacy-csv", "Manifest.json"),
        ("legacy-zip", "20260701-20260801/company-hourly-Manifest.json"),
        ("legacy-parquet-manifest", "20260701-20260801/company-hourly-Manifest.json"),
        ("focus-parquet", "billing_period=2026-07/company-focus-Manifest.json"),
        ("legacy-parquet", "/company-hourly/company-hourly/year=2026/month=7/company-hourly-00001.snappy.parquet"),
    ],
)
def test_every_form_names_what_leads_to_its_bill(tmp_path: Path, name: str, ending: str) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    result = write_bills(ws, tmp_path / "bills", months=1, through=None, seed=7, file_format=name)
    (path,) = result.manifests
    assert path.is_file()
    assert path.as_posix().endswith(ending)


def test_discounts_and_a_wide_company_are_asked_for(tmp_path: Path) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    result = CliRunner().invoke(
        _app(ws), ["--out", str(tmp_path / "bills"), "--months", "1", "--wide", "--discounts", "net"]
    )
    assert result.exit_code == 0, result.output
    ((truth,),) = [json.loads((tmp_path / "bills" / "truth.json").read_text())["periods"]]
    assert set(truth["discounts"]) == {"edp_discount", "private_rate_discount", "bundled_discount"}
    assert float(truth["effective"]) < float(truth["amortized"])
    assert "Savings Plans for AWS Compute usage" in truth["billed_by_service"]
    assert "Example Search Cloud" in truth["billed_by_service"]


def test_restatements_are_five_buckets_in_the_order_of_their_deliveries(tmp_path: Path) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    result = CliRunner().invoke(_app(ws), ["--out", str(tmp_path / "bills"), "--restatements", "--overwrite"])
    assert result.exit_code == 0, result.output
    told = ws.out.document["synth"]["deliveries"]
    assert [Path(at["folder"]).name for at in told] == ["1-open-10", "2-open-20", "3-over", "4-support", "5-refund"]
    # June's refund would come on the eighteenth of July: that is still to come.
    assert {at["billing_period"] for at in told} == {"2026-05"}
    assert all((Path(at["folder"]) / "truth.json").is_file() for at in told)


def test_a_file_without_rows_is_no_choice(tmp_path: Path) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    with pytest.raises(SettingsError, match="No file holds 0 rows"):
        write_bills(ws, tmp_path / "b", months=1, through=None, seed=7, file_format="cur2-csv", rows_per_file=0)


def test_discounts_that_cannot_be_shown_so_are_refused(tmp_path: Path) -> None:
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    with pytest.raises(SettingsError) as refused:
        write_bills(ws, tmp_path / "bills", months=1, through=None, seed=7, file_format="parquet", discounts="gross")
    assert "none, lines, net" in refused.value.todo


def test_a_folder_that_is_a_file_is_told_plainly(tmp_path: Path) -> None:
    (tmp_path / "bills").write_text("I am a file.")
    ws = _workspace(tmp_path, datetime(2026, 7, 3, 9, tzinfo=UTC))
    with pytest.raises(LakeError, match="cannot be written"):
        write_bills(ws, tmp_path / "bills", months=1, through=None, seed=7, file_format="parquet")
