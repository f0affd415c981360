"""A month can be given up and taken back: nothing of it is lost, and readers do not see it meanwhile."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from dbt_project import past
from ingestion import land
from ingestion.deliveries import current_deliveries
from ingestion.deliveries_cli import deliveries_command
from ingestion.history import history
from ingestion.prune import prunable
from lake import turns
from lake.errors import LakeError, SettingsError
from lake.output import Output
from lake.workspace import Workspace
from tests.ingestion.bills import cur2_csv, line

FIRST = datetime(2026, 4, 20, 6, 0, tzinfo=UTC)
DROPPED = FIRST + timedelta(days=30)
APRIL = ("--period", "2026-04", "--export", "daily")


@pytest.fixture
def deliver(ws, tmp_path):
    """Ingest a bill of April at a moment; the record of the delivery."""

    def run(at, cost, **layout):
        folder = tmp_path / f"{at:%H%M}-{cost}"
        cur2_csv(folder, [line(line_item_unblended_cost=cost)], **layout)
        then = replace(ws, now=at)
        with then.store.locked():
            (one,) = land.ingest(then, str(folder)).deliveries
        return one.delivery

    return run


def run(ws, *arguments, now=DROPPED):
    app = typer.Typer()
    out = Output(as_json=True)

    @app.callback()
    def root(ctx: typer.Context):
        ctx.obj = Workspace(ws.settings, ws.store, out, ws.run_id, now)
        ctx.call_on_close(out.flush)

    app.command("deliveries")(deliveries_command)
    done = CliRunner().invoke(app, ["deliveries", *arguments], catch_exceptions=False)
    return json.loads(done.stdout)["deliveries"]


def states(ws):
    return {one.delivery.delivery_id: one.state for one in history(ws.store)}


def test_a_month_is_dropped_only_when_it_is_applied_and_comes_back_to_the_byte(deliver, ws, lake_bytes):
    old, new = deliver(FIRST, "1.0"), deliver(FIRST + timedelta(hours=1), "2.0")
    other = deliver(FIRST, "3.0", export="hourly")
    before = lake_bytes()
    dry = run(ws, "--drop", *APRIL)
    assert lake_bytes() == before
    wet = run(ws, "--drop", *APRIL, "--apply")
    assert [one["delivery_id"] for one in dry["dropped"]] == [new.delivery_id]
    assert (dry["is_applied"], wet["is_applied"]) == (False, True)
    assert current_deliveries(ws.store) == [other]
    assert [one["delivery_id"] for one in turns.pointers(ws.store)] == [other.delivery_id]
    assert states(ws) == {old.delivery_id: "superseded", new.delivery_id: "dropped", other.delivery_id: "current"}
    (told,) = [one for one in history(ws.store) if one.state == "dropped"]
    assert told.spans[-1].until == DROPPED.isoformat()
    assert run(ws, "--restore", *APRIL)["restored"][0]["delivery_id"] == new.delivery_id
    assert current_deliveries(ws.store) == [other]
    run(ws, "--restore", *APRIL, "--apply", now=DROPPED + timedelta(days=1))
    assert lake_bytes() == before


def test_a_month_that_was_dropped_and_is_delivered_again_goes_on(deliver, ws):
    old = deliver(FIRST, "1.0")
    run(ws, "--drop", *APRIL, "--apply")
    new = deliver(DROPPED + timedelta(days=1), "2.0")
    (pointer,) = turns.pointers(ws.store)
    assert (pointer["delivery_id"], pointer["previous"]["delivery_id"]) == (new.delivery_id, old.delivery_id)
    assert states(ws) == {old.delivery_id: "superseded", new.delivery_id: "current"}
    assert not [file.key for file in ws.store.files() if file.key.endswith("dropped.json")]


def test_the_very_same_bill_ingested_again_takes_the_month_back(deliver, ws):
    one = deliver(FIRST, "1.0")
    run(ws, "--drop", *APRIL, "--apply")
    assert deliver(FIRST, "1.0").delivery_id == one.delivery_id
    assert states(ws) == {one.delivery_id: "current"}


def test_what_was_dropped_is_never_pruned(deliver, ws):
    deliveries = [deliver(FIRST + timedelta(hours=hour), f"{hour}.0") for hour in range(3)]
    run(ws, "--drop", *APRIL, "--apply")
    doomed = prunable(history(ws.store), keep=1, older_than_days=1, now=DROPPED + timedelta(days=400))
    assert [one.delivery for one in doomed] == deliveries[:1]


def test_a_run_that_was_killed_while_it_dropped_a_month_has_not_dropped_it(deliver, ws, monkeypatch):
    one = deliver(FIRST, "1.0")
    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(type(ws.store), "delete", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        turns.drop(ws.store, turns.shelf(ws.store, one.record_key.rpartition("/")[0]), DROPPED)
    assert states(ws) == {one.delivery_id: "current"}
    run(ws, "--drop", *APRIL, "--apply")
    assert states(ws) == {one.delivery_id: "dropped"}


def test_the_past_has_a_month_until_it_was_dropped(deliver, ws, tmp_path, monkeypatch):
    monkeypatch.setattr(past, "build", lambda then: then.store.uri)
    one, other = deliver(FIRST, "1.0"), deliver(FIRST, "3.0", export="hourly")
    run(ws, "--drop", *APRIL, "--apply")
    before, _ = past.build_past(ws, (DROPPED - timedelta(hours=1)).isoformat(), str(tmp_path / "before"))
    after, _ = past.build_past(ws, (DROPPED + timedelta(hours=1)).isoformat(), str(tmp_path / "after"))
    assert set(before.delivery_ids) == {one.delivery_id, other.delivery_id}
    assert after.delivery_ids == (other.delivery_id,)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--drop", "--period", "2026-04"), "Which month of which export"),
        (("--restore", *APRIL), "No delivery of that month is dropped"),
        (("--drop", "--period", "2026-05", "--export", "daily"), "no such delivery"),
        (("--drop", "--prune", *APRIL), "One thing at a time"),
        (("--apply",), "--apply"),
    ],
)
def test_what_cannot_be_meant_is_refused(deliver, ws, lake_bytes, asked, told):
    deliver(FIRST, "1.0")
    before = lake_bytes()
    with pytest.raises(SettingsError, match=told):
        run(ws, *asked)
    assert lake_bytes() == before


def test_a_lake_without_any_month_left_says_what_to_do(deliver, ws, monkeypatch):
    deliver(FIRST, "1.0")
    run(ws, "--drop", *APRIL, "--apply")
    from dbt_project.build import build

    with pytest.raises(LakeError, match="holds no accepted bill"):
        build(ws)
