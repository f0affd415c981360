"""Restatement series, replayed: status, listing, retention."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from ingestion import land, prune
from ingestion.deliveries import Delivery, current_deliveries
from ingestion.deliveries_cli import deliveries_command
from ingestion.history import history
from lake import turns, zones
from lake.errors import LakeError, SettingsError
from lake.output import Output
from lake.workspace import Workspace
from tests.ingestion.bills import cur2_csv, cur2_parquet, legacy_line, legacy_parquet, line

IN_APRIL = datetime(2026, 4, 20, 6, 0, tzinfo=UTC)
IN_MAY = datetime(2026, 5, 2, 6, 0, tzinfo=UTC)


@pytest.fixture
def deliver(ws, tmp_path):
    """Ingest these lines as the export's delivery of April, at a moment; the record of the delivery."""
    count = iter(range(100))

    def run(at, *lines, write=cur2_csv, **layout):
        folder = tmp_path / f"delivery{next(count)}"
        write(folder, list(lines), **layout)
        then = replace(ws, now=at)
        with then.store.locked():
            (one,) = land.ingest(then, str(folder)).deliveries
        return one.delivery

    return run


def _cost(cost, invoice=None, **more):
    return line(line_item_unblended_cost=cost, bill_invoice_id=invoice, **more)


def test_a_month_goes_from_open_over_provisional_to_final_and_a_late_refund_restates_it(deliver):
    steps = [
        deliver(IN_APRIL, _cost("1.0")),
        deliver(IN_MAY, _cost("1.0"), _cost("2.0")),
        deliver(IN_MAY + timedelta(days=5), _cost("1.0", "42"), _cost("2.0", "42")),
        deliver(IN_MAY + timedelta(days=15), _cost("1.0", "42"), _cost("2.0", "42"), _cost("-0.5", "43")),
    ]
    assert [one.status for one in steps] == ["OPEN", "PROVISIONAL", "FINAL", "RESTATED"]
    assert [one.payers[0].invoiced_count for one in steps] == [0, 0, 2, 3]
    assert [one.payers[0].uninvoiced_count for one in steps] == [1, 2, 0, 0]


def test_an_invoice_id_on_an_open_month_s_purchase_does_not_close_the_month(deliver):
    assert deliver(IN_APRIL, _cost("100.0", "42", line_item_line_item_type="Fee")).status == "OPEN"


def test_a_month_is_open_until_its_last_moment_and_not_longer(deliver):
    assert deliver(datetime(2026, 4, 30, 23, 59, 59, tzinfo=UTC), _cost("1.0")).status == "OPEN"
    assert deliver(datetime(2026, 5, 1, tzinfo=UTC), _cost("2.0")).status == "PROVISIONAL"


def test_lines_that_cost_nothing_need_no_invoice_and_one_cent_does(deliver):
    assert deliver(IN_MAY, _cost("1.0", "42"), _cost("0.0")).status == "FINAL"
    assert deliver(IN_MAY, _cost("1.0", "42"), _cost("0.0"), export="other").status == "FINAL"
    assert deliver(IN_MAY, _cost("1.0", "42"), _cost("0.01"), export="third").status == "PROVISIONAL"


def test_quoted_blank_text_is_no_invoice_id(deliver):
    assert deliver(IN_MAY, _cost("1.0", "")).status == "PROVISIONAL"


def test_a_bill_without_the_invoice_column_is_never_final(deliver):
    assert deliver(IN_MAY, line()).status == "PROVISIONAL"


def test_the_same_month_told_with_other_bytes_stays_final(deliver):
    first = deliver(IN_MAY, _cost("1.0", "42"))
    again = deliver(IN_MAY + timedelta(days=1), _cost("1.0", "42", identity_line_item_id="other"))
    assert first.delivery_id != again.delivery_id
    assert (first.status, again.status) == ("FINAL", "FINAL")


def test_a_restated_month_does_not_become_final_again_by_being_delivered_again(deliver):
    deliver(IN_MAY, _cost("1.0", "42"))
    deliver(IN_MAY + timedelta(days=1), _cost("2.0", "42"))
    assert deliver(IN_MAY + timedelta(days=2), _cost("2.0", "42", identity_line_item_id="other")).status == "RESTATED"


@pytest.mark.parametrize(
    ("write", "make", "layout"),
    [(cur2_parquet, line, {}), (legacy_parquet, legacy_line, {})],
    ids=["cur2 parquet", "legacy parquet"],
)
def test_parquet_bills_tell_their_invoices_too(deliver, write, make, layout):
    assert deliver(IN_MAY, make(bill_invoice_id="42"), write=write, **layout).status == "FINAL"


def test_records_of_a_lake_without_status_and_turns_are_still_read(deliver, ws):
    old = deliver(IN_APRIL, _cost("1.0"))
    new = deliver(IN_MAY, _cost("2.0"))
    for key in (old.record_key, new.record_key, new.pointer_key):
        record = json.loads(ws.store.read(key))
        for name in ("status", "turns", "previous"):
            record.pop(name, None)
        for payer in record["payers"]:
            del payer["invoiced_count"], payer["uninvoiced_count"]
        ws.store.write(key, json.dumps(record).encode())
    known = history(ws.store)
    assert [(one.delivery.delivery_id, one.state, one.delivery.status) for one in known] == [
        (old.delivery_id, "superseded", ""),
        (new.delivery_id, "current", ""),
    ]
    assert known[0].ended_at == new.accepted_at
    third = deliver(IN_MAY + timedelta(days=1), _cost("3.0"))
    pointer = json.loads(ws.store.read(third.pointer_key))
    assert [turn["delivery_id"] for turn in pointer["turns"]] == [one.delivery_id for one in (old, new, third)]
    assert pointer["previous"]["delivery_id"] == new.delivery_id


def test_a_delivery_that_the_lake_went_back_to_is_current_again_and_its_record_is_untouched(deliver, ws):
    first = deliver(IN_MAY, _cost("1.0"))
    record = ws.store.read(first.record_key)
    second = deliver(IN_MAY + timedelta(days=1), _cost("2.0"))
    back = deliver(IN_MAY + timedelta(days=2), _cost("1.0"))
    assert back.delivery_id == first.delivery_id
    assert ws.store.read(first.record_key) == record
    known = {one.delivery.delivery_id: one for one in history(ws.store)}
    day = [(IN_MAY + timedelta(days=number)).isoformat() for number in range(3)]
    assert [(span.since, span.until) for span in known[first.delivery_id].spans] == [(day[0], day[1]), (day[2], "")]
    assert [(span.since, span.until) for span in known[second.delivery_id].spans] == [(day[1], day[2])]
    assert known[second.delivery_id].state == "superseded"
    pointer = json.loads(ws.store.read(first.pointer_key))
    assert (pointer["previous"]["delivery_id"], pointer["previous"]["files"]) == (
        second.delivery_id,
        list(second.files),
    )


def test_a_record_left_by_a_run_that_was_killed_before_the_swap_was_never_current(deliver, ws):
    kept = deliver(IN_MAY, _cost("1.0"))
    pointer = ws.store.read(kept.pointer_key)
    lost = deliver(IN_MAY + timedelta(days=1), _cost("2.0"))
    ws.store.write(kept.pointer_key, pointer)
    states = {one.delivery.delivery_id: one.state for one in history(ws.store)}
    assert states == {kept.delivery_id: "current", lost.delivery_id: "never current"}


def test_what_was_current_at_a_moment_is_the_last_turn_that_had_begun():
    taken = [turns.Turn(name, f"2026-05-0{day}T06:00:00+00:00") for name, day in (("a", 1), ("b", 2), ("a", 3))]
    at = [datetime(2026, 5, 1, 5, 59, tzinfo=UTC) + timedelta(days=number) for number in range(4)]
    assert [[turn.delivery_id for turn in turns.turns_until(taken, moment)] for moment in at] == [
        [],
        ["a"],
        ["a", "b"],
        ["a", "b", "a"],
    ]
    assert len(turns.turns_until(taken, at[1] + timedelta(minutes=1))) == 2


def _five(deliver):
    return [deliver(IN_MAY + timedelta(days=number), _cost(f"{number}.5")) for number in range(5)]


def test_pruning_keeps_the_current_and_the_newest_superseded(deliver, ws):
    series = _five(deliver)
    now = IN_MAY + timedelta(days=30)
    doomed = prune.prunable(history(ws.store), keep=2, older_than_days=1, now=now)
    assert [one.delivery for one in sorted(doomed, key=lambda one: one.delivery.accepted_at)] == series[:2]
    prune.remove(ws.store, doomed)
    landed = {file.key for file in ws.store.files(f"{zones.LANDING}/cur2/") if "part-" in file.key}
    assert landed == {key for one in series[2:] for key in one.files}
    assert [one.delivery for one in history(ws.store)] == series[2:]
    assert current_deliveries(ws.store) == [series[-1]]
    assert prune.prunable(history(ws.store), keep=2, older_than_days=1, now=now) == ()


def test_what_was_superseded_since_yesterday_stays_for_the_builds_that_read_it(deliver, ws):
    series = _five(deliver)
    now = IN_MAY + timedelta(days=4)
    assert [one.delivery for one in prune.prunable(history(ws.store), keep=1, older_than_days=1, now=now)] == [
        series[2],
        series[1],
        series[0],
    ]
    assert len(prune.prunable(history(ws.store), keep=1, older_than_days=2, now=now)) == 2


def test_the_delivery_that_the_lake_went_back_to_is_never_pruned(deliver, ws):
    first = deliver(IN_MAY, _cost("1.0"))
    second = deliver(IN_MAY + timedelta(days=1), _cost("2.0"))
    third = deliver(IN_MAY + timedelta(days=2), _cost("3.0"))
    deliver(IN_MAY + timedelta(days=3), _cost("1.0"))
    doomed = prune.prunable(history(ws.store), keep=1, older_than_days=1, now=IN_MAY + timedelta(days=60))
    assert [one.delivery.delivery_id for one in doomed] == [second.delivery_id]
    pointer = json.loads(ws.store.read(first.pointer_key))
    assert pointer["previous"]["delivery_id"] == third.delivery_id


def test_a_removal_that_was_killed_is_finished_by_the_next_one(deliver, ws, monkeypatch):
    series = _five(deliver)
    now = IN_MAY + timedelta(days=30)
    doomed = prune.prunable(history(ws.store), keep=1, older_than_days=1, now=now)

    class KilledError(Exception):
        pass

    real, calls = ws.store.delete, []

    def delete(key):
        calls.append(key)
        if len(calls) == 2:
            raise KilledError
        real(key)

    monkeypatch.setattr(ws.store, "delete", delete)
    with pytest.raises(KilledError):
        prune.remove(ws.store, doomed)
    monkeypatch.undo()
    left = prune.prunable(history(ws.store), keep=1, older_than_days=1, now=now)
    assert left == doomed
    prune.remove(ws.store, left)
    assert [one.delivery for one in history(ws.store)] == series[-2:]


def test_a_pruned_bill_can_be_ingested_again(deliver, ws):
    series = _five(deliver)
    prune.remove(
        ws.store, prune.prunable(history(ws.store), keep=1, older_than_days=1, now=IN_MAY + timedelta(days=30))
    )
    again = deliver(IN_MAY + timedelta(days=31), _cost("0.5"))
    assert again.delivery_id == series[0].delivery_id
    assert all(ws.store.read(key) for key in again.files)
    assert current_deliveries(ws.store) == [again]


@pytest.mark.parametrize(("keep", "days"), [(0, 1), (-1, 1), (1, 0)])
def test_settings_that_would_take_files_from_under_a_reader_are_refused(keep, days):
    with pytest.raises(SettingsError):
        prune.prunable((), keep=keep, older_than_days=days, now=IN_MAY)


def _run(ws, *arguments, as_json=False, now=IN_MAY + timedelta(days=60)):
    app = typer.Typer()
    out = Output(as_json=as_json)

    @app.callback()
    def root(ctx: typer.Context):
        ctx.obj = Workspace(ws.settings, ws.store, out, ws.run_id, now)
        ctx.call_on_close(out.flush)

    app.command("deliveries")(deliveries_command)
    return CliRunner().invoke(app, ["deliveries", *arguments], catch_exceptions=False)


def test_the_list_names_every_delivery_with_state_total_and_status(deliver, ws):
    first = deliver(IN_APRIL, _cost("1234.5"))
    second = deliver(IN_MAY, _cost("2.0"))
    told = _run(ws, "--period", "2026-04").stdout
    lines = [text for text in told.splitlines() if first.delivery_id in text or second.delivery_id in text]
    assert [text.split()[-1] for text in lines] == ["superseded", "current"]
    assert "1,234.50 USD" in lines[0]
    assert "OPEN" in lines[0]
    assert "PROVISIONAL" in lines[1]


def test_json_lists_exact_amounts_and_spans(deliver, ws):
    deliver(IN_MAY, _cost("-7.0E-10"))
    document = json.loads(_run(ws, as_json=True).stdout)
    (one,) = document["deliveries"]["deliveries"]
    assert (one["state"], one["unblended_cost"], one["status"]) == ("current", "-0.0000000007", "PROVISIONAL")
    assert one["spans"] == [{"since": IN_MAY.isoformat(), "until": ""}]


def test_filters_that_match_nothing_name_what_there_is(deliver, ws):
    deliver(IN_MAY, _cost("1.0"), export="hourly")
    with pytest.raises(SettingsError, match=r"Its exports: hourly\. Its periods: 2026-04\."):
        _run(ws, "--export", "daily")


def test_an_empty_lake_has_no_deliveries_to_list(ws):
    with pytest.raises(LakeError, match="finops ingest"):
        _run(ws)
    assert not Path(ws.store.uri).exists()


def test_pruning_is_a_dry_run_until_it_is_applied(deliver, ws, lake_bytes):
    series = _five(deliver)
    before = lake_bytes()
    dry = json.loads(_run(ws, "--prune", "--keep", "1", as_json=True).stdout)["deliveries"]
    assert lake_bytes() == before
    assert dry["is_applied"] is False
    wet = json.loads(_run(ws, "--prune", "--keep", "1", "--apply", as_json=True).stdout)["deliveries"]
    assert wet["pruned"] == dry["pruned"]
    assert {one["delivery_id"] for one in wet["pruned"]} == {one.delivery_id for one in series[:3]}
    assert [one.delivery for one in history(ws.store)] == series[3:]
    with pytest.raises(SettingsError):
        _run(ws, "--apply")


def test_a_pointer_reads_as_its_delivery(deliver, ws):
    one = deliver(IN_MAY, _cost("1.0"))
    assert Delivery.from_json(ws.store.read(one.pointer_key)) == one
