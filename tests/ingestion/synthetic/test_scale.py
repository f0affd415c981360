"""A company many times over: every copy is one of its own, and the truth is added up, not multiplied."""

from __future__ import annotations

import tracemalloc
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingestion.synthetic import files, focus_files, words
from ingestion.synthetic import ledger as ledger_module
from ingestion.synthetic.discounts import AGREEMENT
from ingestion.synthetic.events.model import Paid, Use, ten_decimals
from ingestion.synthetic.events.payers import LABS
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from ingestion.synthetic.truth import owner, worth
from ingestion.synthetic.typesetting import month_lines
from tests.ingestion.synthetic.conftest import Ask, asking

DAYS = (date(2026, 6, 1), 1, date(2026, 6, 2), 7)


@pytest.fixture(scope="module")
def alone() -> Ledger:
    return build_ledger(*DAYS, wide=True)


@pytest.fixture(scope="module")
def thrice() -> Ledger:
    return build_ledger(*DAYS, wide=True, scale=3)


@pytest.fixture(scope="module")
def ask_thrice(thrice: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    out = tmp_path_factory.mktemp("thrice")
    FORMS["cur2-parquet"](thrice, out)
    return asking(out)


def test_the_first_copy_is_the_company_itself(alone: Ledger, thrice: Ledger) -> None:
    (one,), (three,) = alone.truth.periods, thrice.truth.periods
    assert {account: three.billed_by_account[account] for account in one.billed_by_account} == one.billed_by_account
    assert set(alone.truth.idle) < set(thrice.truth.idle)


def test_every_copy_has_accounts_and_resources_of_its_own(alone: Ledger, thrice: Ledger) -> None:
    (month,) = thrice.months
    users: dict[str, set[str]] = {}
    for event in month.events:
        if isinstance(event, Use) and event.meter.resource_id:
            users.setdefault(event.meter.resource_id, set()).add(event.meter.account.id)
    assert [who for who in users.values() if len(who) > 1] == []
    (of_one,), (of_three,) = (at.truth.periods for at in (alone, thrice))
    assert len(of_three.billed_by_account) == 3 * len(of_one.billed_by_account)
    assert len({one.resource_id for one in thrice.truth.idle}) == len(thrice.truth.idle)


def test_copies_cost_other_amounts_at_the_same_prices(thrice: Ledger) -> None:
    (month,), (period,) = thrice.months, thrice.truth.periods
    of_web = {period.billed_by_account[f"10000000{copy}004"] for copy in (0, 1, 2)}
    assert len(of_web) == 3
    for event in month.events:
        if isinstance(event, Use) and event.paid is Paid.ON_DEMAND and not event.meter.seller:
            assert event.list_cost == ten_decimals(event.quantity * event.meter.price)


def test_the_bill_of_all_copies_is_the_truth(thrice: Ledger, ask_thrice: Ask) -> None:
    (truth,) = thrice.truth.periods
    assert ask_thrice("select count(*), sum(u) from bill") == [(truth.row_count, truth.billed)]
    told = dict(ask_thrice("select line_item_usage_account_id, sum(u) from bill group by 1"))
    assert told == truth.billed_by_account
    assert ask_thrice("select sum(spe), sum(used) from bill where kind like 'SavingsPlan%'")[0][0] > 0


def test_what_is_planted_in_a_copy_is_on_the_bill_in_its_account(thrice: Ledger, ask_thrice: Ask) -> None:
    on_bill = set(ask_thrice("select distinct line_item_resource_id, line_item_usage_account_id from bill"))
    planted = [(at.resource_id, at.account) for at in (*thrice.truth.idle, *thrice.truth.busy_twins)]
    assert planted
    assert set(planted) <= on_bill
    assert {(at.resource_id, at.account) for at in thrice.truth.rightsizing} <= on_bill


def test_every_payer_s_company_is_there_as_often_and_an_account_that_moves_moves_in_each_copy(tmp_path: Path) -> None:
    ledger = build_ledger(date(2026, 6, 1), 1, date(2026, 6, 16), 7, payers=3, scale=2)
    FORMS["cur2-parquet"](ledger, tmp_path)
    ask = asking(tmp_path)
    told = ask("select bill_payer_account_id, count(*), sum(u) from bill group by 1 order by 1")
    assert told == [(at.billing_account_id, at.row_count, at.billed) for at in ledger.truth.periods]
    labs = {LABS.id, f"{int(LABS.id) + 1000}"}
    company, bought, china = ({*at.billed_by_account} for at in ledger.truth.periods)
    assert company & bought == labs
    assert not china & (company | bought)
    assert all({f"{int(one) + 1000}" for one in own if one < "100000001000"} <= own for own in (company, bought, china))


def test_discounts_of_a_copy_are_told_before_the_next_copy_begins() -> None:
    """Else what is known of them would grow with the copies."""
    ledger = build_ledger(*DAYS, scale=3, terms=AGREEMENT)
    (month,), (truth,) = ledger.months, ledger.truth.periods
    told = []
    for line in month_lines(month, net_columns=False):
        account = str(line.kind.cells["line_item_usage_account_id"])
        is_discount = str(line.kind.cells["line_item_line_item_type"]).endswith("Discount")
        told.append((account[-4], is_discount))
    begins = {copy: min(at for at, (of, _) in enumerate(told) if of == copy) for copy in "012"}
    for copy, after in (("0", "1"), ("1", "2")):
        lines = [at for at, one in enumerate(told) if one == (copy, True)]
        assert lines
        # The first event that anything is taken off brings them: a few others may come before.
        assert max(lines) < begins[after] + 100
    assert sum(is_discount for _, is_discount in told) == truth.discount_row_count


def test_support_is_one_fee_on_all_that_was_invoiced() -> None:
    ledger = build_ledger(date(2026, 2, 1), 1, None, 7, scale=2, terms=AGREEMENT)
    (month,), (truth,) = ledger.months, ledger.truth.periods
    fees = [event for event in month.events if owner(event).service_name.startswith("AWS Support")]
    assert len(fees) == 1
    assert truth.billed_by_account["100000001001"] == 0, "only the payer itself pays for support"
    assert fees[0].amount > Decimal("0.07") * sum(truth.billed_by_account.values()) * Decimal("0.8")  # type: ignore[union-attr]


@pytest.mark.parametrize("form", ["legacy-csv", "focus-parquet"])
def test_memory_does_not_grow_with_the_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    # Batches, and what is known of kinds of lines, grow up to limits that a small company does not reach.
    monkeypatch.setattr(words, "_MOST_KEPT", 100)
    monkeypatch.setattr(focus_files, "ROWS_PER_GROUP", 500)
    monkeypatch.setattr(files, "_BATCH", 500)
    monkeypatch.setattr(ledger_module, "_BATCH", 500)
    peaks = []
    for scale in (2, 8):
        ledger = build_ledger(date(2026, 6, 1), 1, date(2026, 6, 1), 7, scale=scale)
        assert ledger.truth.periods[0].row_count > scale * 1500
        tracemalloc.start()
        FORMS[form](ledger, tmp_path / str(scale), rows_per_file=2000)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0], "four times the rows"


def test_reading_the_events_again_gives_the_same_events(thrice: Ledger) -> None:
    (month,) = thrice.months
    first, second = ([(owner(event), worth(event)) for event in month.events] for _ in range(2))
    assert first == second
    assert len(first) == thrice.truth.periods[0].row_count
