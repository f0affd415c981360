import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ingestion.cli import ingest as verb
from lake.output import Output
from lake.workspace import Workspace
from tests.ingestion.bills import PAYER, cur2_csv, line


def _run(ws, *arguments, as_json=False):
    app = typer.Typer()
    out = Output(as_json=as_json)

    @app.callback()
    def root(ctx: typer.Context):
        ctx.obj = Workspace(ws.settings, ws.store, out, ws.run_id, ws.now)
        ctx.call_on_close(out.flush)

    app.command("ingest")(verb)
    return CliRunner().invoke(app, ["ingest", *arguments], catch_exceptions=False, env={"COLUMNS": "200"})


def test_a_table_tells_export_month_rows_and_cost(bills, ws):
    cur2_csv(bills, [line(line_item_unblended_cost="1234.5", line_item_surprise="x")])
    (bills / "notes.csv").write_text("a,b\n")
    result = _run(ws, "--bills", str(bills))
    assert result.exit_code == 0
    for told in ("daily", "2026-04", "landed", PAYER, "1,234.50 USD"):
        assert told in result.stdout
    assert "line_item_surprise" in result.stderr
    assert "notes.csv" in result.stderr


def test_json_carries_exact_amounts(bills, ws):
    cur2_csv(bills, [line(line_item_unblended_cost="-7.0E-10")])
    document = json.loads(_run(ws, "--bills", str(bills), as_json=True).stdout)
    (delivery,) = document["ingest"]["deliveries"]
    assert (delivery["is_new"], delivery["unblended_cost"], delivery["row_count"]) == (True, "-0.0000000007", 1)


def test_a_bad_path_fails_before_the_lake_is_touched(tmp_path, ws):
    with pytest.raises(Exception, match="does not exist"):
        _run(ws, "--bills", str(tmp_path / "nowhere"))
    assert not Path(ws.store.uri).exists()


def test_help_names_the_forms_that_can_be_read(ws):
    told = _run(ws, "--help").stdout
    assert "BILLING_PERIOD" in told
    assert "year=2018/month=10" in told
