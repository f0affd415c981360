"""Which months Athena computes: what changed, what did not finish, and everything when the code is another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbt_project.periods import Periods, accepted_now, code_fingerprint, plan

BUILT = Periods("code", {"2026-06": "a", "2026-07": "b"})


def pointer(period: str = "2026-07", delivery: str = "one", **changes: Any) -> dict[str, Any]:
    told = {"source": "cur2", "export_name": "daily", "billing_period": period, "delivery_id": delivery}
    return told | {"accepted_at": "then", "files": [delivery], "turns": [], "previous": None, **changes}


def test_a_lake_that_is_as_it_was_built_has_nothing_due():
    made = plan(BUILT, BUILT.built, "code")
    assert (made.due, made.is_from_scratch, made.begun) == ((), False, BUILT)
    assert made.finished(()) == BUILT


def test_a_month_that_was_delivered_again_is_due_and_no_other():
    made = plan(BUILT, {"2026-06": "a", "2026-07": "c"}, "code")
    assert made.due == ("2026-07",)
    assert made.begun.built == {"2026-06": "a", "2026-07": ""}
    assert made.finished(()).built == {"2026-06": "a", "2026-07": "c"}


def test_a_new_month_is_due():
    assert plan(BUILT, {**BUILT.built, "2026-08": "c"}, "code").due == ("2026-08",)


def test_a_month_whose_bill_was_withdrawn_is_due_until_its_rows_are_gone():
    made = plan(BUILT, {"2026-07": "b"}, "code")
    assert made.due == ("2026-06",)
    # A run that was killed after it had begun.
    again = plan(made.begun, {"2026-07": "b"}, "code")
    assert again.due == ("2026-06",)
    assert again.finished(()).built == {"2026-07": "b"}


def test_a_run_that_was_killed_leaves_its_months_due():
    killed = plan(BUILT, {"2026-06": "a", "2026-07": "c"}, "code").begun
    assert plan(killed, {"2026-06": "a", "2026-07": "c"}, "code").due == ("2026-07",)
    # The bill of before came back meanwhile: its rows may be half gone all the same.
    assert plan(killed, BUILT.built, "code").due == ("2026-07",)


def test_a_month_that_is_held_back_is_judged_again_by_every_build():
    made = plan(BUILT, {"2026-06": "a", "2026-07": "c"}, "code").finished({"2026-07"})
    assert plan(made, {"2026-06": "a", "2026-07": "c"}, "code").due == ("2026-07",)


@pytest.mark.parametrize(("code", "full_refresh"), [("other code", False), ("code", True)])
def test_other_code_makes_everything_anew_and_so_does_a_full_refresh(code: str, full_refresh: bool):
    made = plan(BUILT, BUILT.built, code, full_refresh=full_refresh)
    assert (made.due, made.is_from_scratch) == (("2026-06", "2026-07"), True)
    # Killed in between some tables are of the old code and some of the new: no code may keep any of them.
    assert plan(made.begun, BUILT.built, "code").is_from_scratch
    assert plan(made.finished({"2026-06"}), BUILT.built, code).due == ("2026-06",)


def test_a_record_that_is_lost_or_damaged_makes_everything_anew():
    for content in (None, b"", b"[]", b'{"code": "code"}', b"\xff"):
        assert plan(Periods.from_json(content), BUILT.built, "code").is_from_scratch
    assert Periods.from_json(BUILT.to_json()) == BUILT


@pytest.mark.parametrize(
    "changed",
    [
        pointer(delivery="two"),
        pointer(previous={"delivery_id": "zero", "accepted_at": "before", "files": []}),
        pointer(turns=[{"delivery_id": "one", "since": "now"}]),
        pointer(payers=[{"billed_cost": "1"}]),
    ],
)
def test_whatever_a_pointer_tells_anew_changes_its_month(changed: dict[str, Any]):
    june = pointer("2026-06")
    before, after = accepted_now([june, pointer()]), accepted_now([changed, june])
    assert before["2026-06"] == after["2026-06"]
    assert before["2026-07"] != after["2026-07"]


def test_the_order_in_which_pointers_are_found_changes_nothing():
    exports = [pointer(), pointer(delivery="two", export_name="other")]
    assert accepted_now(exports) == accepted_now(exports[::-1])


def test_the_code_is_every_file_of_the_project_and_no_other(tmp_path: Path):
    for folder in ("macros", "models", "seeds", "tests"):
        (tmp_path / folder).mkdir()
    (tmp_path / "dbt_project.yml").write_text("name: x")
    model = tmp_path / "models" / "daily.sql"
    model.write_text("select 1")
    before = code_fingerprint(tmp_path)
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "daily.sql").write_text("select 1")
    (tmp_path / "models" / "daily.pyc").write_text("")
    assert code_fingerprint(tmp_path) == before
    model.write_text("select 2")
    assert code_fingerprint(tmp_path) != before
