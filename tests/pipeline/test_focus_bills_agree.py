"""A ledger told as FOCUS: the marts are those of its Cost and Usage Report, and the file's own rows come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from ingestion.synthetic.discounts import AGREEMENT
from ingestion.synthetic.events.model import Use
from ingestion.synthetic.events.scene import Scene
from ingestion.synthetic.events.wide import RESIZED
from ingestion.synthetic.forms import FORMS
from ingestion.synthetic.ledger import Ledger, build_ledger
from ingestion.synthetic.truth import worth
from lake.held import held_back
from quality.reconciling.reconcile import reconcile
from quality.run import validate
from tests.ingestion.bills import PAYER, cur2_csv, focus_csv, focus_line, line
from tests.pipeline.conftest import Built, workspace

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("focus_bills"), pytest.mark.usefixtures("without_checks")]

SERVICE = focus_line()["ServiceName"]
# Counts of lines differ: FOCUS has no negation, no pods and tasks, and a row for what nobody used.
COUNTS = ("charge_count", "previous_charge_count")
# FOCUS tells no hours of a reservation, so that nothing says which part of its unused cost is still to come.
UNTOLD = ("unused_commitment_to_date_cost",)
OF_THE_ROW = (
    "BilledCost",
    "EffectiveCost",
    "ListCost",
    "ContractedCost",
    "ChargeCategory",
    "ChargeClass",
    "ChargeFrequency",
    "CommitmentDiscountId",
    "CommitmentDiscountCategory",
    "CommitmentDiscountStatus",
    "ServiceCategory",
    "ServiceSubcategory",
    "ServiceName",
    "SubAccountId",
    "InvoiceId",
    "ProviderName",
    "ResourceId",
    "SkuMeter",
)


def _built(ledger: Ledger, form: str, folder: Path) -> Built:
    FORMS[form](ledger, folder / "bills")
    return Built(_ingested(folder), ledger)


def _ingested(folder: Path, *, all_providers: bool = False):
    from dbt_project.build import build
    from ingestion.land import ingest

    ws = workspace(folder / "lake")
    with ws.store.locked():
        ingest(ws, str(folder / "bills"), all_providers=all_providers)
        build(ws)
    return ws


@pytest.fixture(scope="module")
def month() -> Ledger:
    """June 2026 to the 17th, with every kind of charge, at public prices."""
    return build_ledger(date(2026, 6, 1), 1, date(2026, 6, 17), 7, wide=True)


@pytest.fixture(scope="module")
def as_cur2(month: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    yield _built(month, "cur2-parquet", tmp_path_factory.mktemp("cur2"))


@pytest.fixture(scope="module")
def as_focus(month: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    yield _built(month, "focus-parquet", tmp_path_factory.mktemp("focus"))


def _rows(built: Built, mart: str, but: str = "true") -> list[tuple]:
    columns = [name for name, *_ in built.rows(f"select column_name from (describe {mart})")]
    left_out = (*COUNTS, *UNTOLD, "delivery_id", "source", "source_file")
    shown = ", ".join(name for name in columns if name not in left_out)
    return built.rows(f"select {shown} from {mart} where {but} order by all")


# FOCUS does not share out a host among its pods and tasks: their lines, which cost nothing, are not there.
PODS = "not (service_name like '%Container Service%' and list_cost = 0 and billed_cost = 0 and effective_cost = 0)"


@pytest.mark.parametrize(
    ("mart", "but"),
    [
        ("daily_costs", PODS),
        ("monthly_costs", PODS),
        ("commitment_coverage", "true"),
        ("idle_resources", "true"),
        ("rightsizing_recommendations", "true"),
    ],
)
def test_every_row_of_a_mart_is_that_of_the_cost_and_usage_report(as_cur2: Built, as_focus: Built, mart, but):
    wanted = _rows(as_cur2, mart, but)
    assert wanted
    assert _rows(as_focus, mart) == wanted


def test_a_tag_in_capitals_is_another_tag_which_a_cost_and_usage_report_does_not_tell(as_cur2: Built, as_focus: Built):
    told = (
        "select tag_key, variant_tag_key, sum(variant_cost), sum(tagged_cost + variant_cost), sum(taggable_cost) "
        "from tag_coverage where sub_account_id = '100000000006' and service_name like '%Compute Cloud' group by 1, 2"
    )
    of_cur2 = {key: rest for key, *rest in as_cur2.rows(told)}
    of_focus = {key: rest for key, *rest in as_focus.rows(told)}
    [month] = as_focus.ledger.months
    machine = RESIZED.id(Scene(as_focus.ledger.seed, month.period, month.period.first))
    cost = sum(
        worth(event).effective
        for event in month.events
        if isinstance(event, Use) and event.meter.resource_id == machine
    )
    assert cost > 0
    for key, (variant, apart, covered, taggable) in of_focus.items():
        is_there = key in ("team", "environment", "cost_center")
        assert (variant, apart) == ((f"USER_{key.upper()}", cost) if is_there else (None, 0))
        assert of_cur2[key] == [None, 0, covered, taggable]


def test_commitments_cost_the_same_and_focus_tells_neither_their_dates_nor_their_terms(as_cur2: Built, as_focus: Built):
    told = (
        "select commitment_discount_id, sub_account_id, commitment_kind, commitment_cost, used_commitment_cost, "
        "unused_commitment_cost, effective_cost, covered_list_cost, committed_hours, used_hours, covered_hours "
        "from commitment_usage order by 1"
    )
    wanted = as_cur2.rows(told)
    assert len(wanted) > 10
    assert as_focus.rows(told) == wanted
    untold = ("commitment_offering", "term", "payment_option", "starts_at", "ends_at", "days_left")
    counts = ", ".join(f"count({name})" for name in untold)
    assert as_focus.rows(f"select {counts} from commitment_usage") == [(0,) * len(untold)]


def test_the_focus_mart_of_a_focus_bill_holds_the_rows_of_its_file(as_focus: Built):
    files = sorted(Path(as_focus.ws.store.uri).parent.glob("bills/**/*.parquet"))
    told = [row for path in files for row in pq.read_table(path, columns=list(OF_THE_ROW)).to_pylist()]
    money = {name for name in OF_THE_ROW if name.endswith("Cost")}
    wanted = Counter(
        tuple(
            Decimal(repr(row[name])).quantize(Decimal("1e-10")) if name in money else row[name] for name in OF_THE_ROW
        )
        for row in told
    )
    assert Counter(as_focus.rows(f"select {', '.join(OF_THE_ROW)} from focus_1_2")) == wanted


def test_discounts_are_inside_the_costs_of_a_focus_bill_and_the_totals_are_the_ledger_s(tmp_path: Path):
    ledger = build_ledger(date(2026, 6, 1), 1, date(2026, 6, 10), 7, wide=True, terms=AGREEMENT)
    built = _built(ledger, "focus-csv", tmp_path)
    told = built.rows("select billing_period, sum(billed_cost), sum(effective_cost) from daily_costs group by 1")
    assert told == [(period.billing_period, period.billed, period.effective) for period in ledger.truth.periods]
    # What no commitment paid for tells its discount, so that its amortized cost is that before it.
    [(amortized, effective)] = built.rows(
        "select sum(amortized_cost), sum(effective_cost) from daily_costs where purchase_option = 'On-Demand'"
    )
    assert amortized > effective


def test_a_month_told_as_cur_and_as_focus_counts_once_and_reconcile_says_which(tmp_path: Path):
    bills = tmp_path / "bills"
    # More lines and a later delivery do not make FOCUS win over the report that tells more of each line.
    cur2_csv(bills, [line(line_item_unblended_cost="3.0")])
    # Another cloud's line is on one of them only, and so counts: in the month that it was delivered with.
    other = {"ProviderName": "Microsoft", "BillingAccountId": "/billing/861", "SubAccountId": "/subscriptions/9e"}
    other |= {"BilledCost": "0.25", "EffectiveCost": "0.25"}
    other |= {"BillingPeriodStart": "2026-05-01T00:00:00.000Z", "BillingPeriodEnd": "2026-06-01T00:00:00.000Z"}
    focus_csv(
        bills, [focus_line(BilledCost="1.0"), focus_line(BilledCost="2.0", EffectiveCost="2.0"), focus_line(**other)]
    )
    built = Built(_ingested(tmp_path, all_providers=True), None)
    summed = "select billing_period, billing_account_id, sum(billed_cost), sum(charge_count) from daily_costs"
    assert built.rows(f"{summed} group by 1, 2 order by 2") == [
        ("2026-04", "/billing/861", Decimal("0.25"), 1),
        ("2026-04", PAYER, Decimal(3), 1),
    ]
    assert built.rows("select distinct is_reconciled from reconciliation") == [(True,)]
    (beaten,) = reconcile(built.ws).not_counted
    assert (beaten.share.source, beaten.share.row_count) == ("focus", 2)
    assert "cur2 is trusted before focus" in beaten.why
    compared = "select part_count, holds, holds_back from identities where identity = 'focus_and_cur_of_a_month_agree'"
    assert built.rows(compared) == [(2, True, False)]


def test_a_month_that_focus_tells_otherwise_is_a_warning_and_is_published(tmp_path: Path):
    bills = tmp_path / "bills"
    cur2_csv(bills, [line(line_item_unblended_cost="3.0")])
    focus_csv(bills, [focus_line(BilledCost="3.0", EffectiveCost="2.5")])
    built = Built(_ingested(tmp_path), None)
    told = "select expected_cost, actual_cost, broken_part_count, holds from identities where not holds"
    assert built.rows(told) == [(3, Decimal("2.5"), 1, False)]
    assert built.rows("select sum(effective_cost) from daily_costs") == [(3,)]
    assert built.rows("select distinct is_held_back from reconciliation") == [(False,)]
    identities = validate(built.ws).mart("identities")
    assert (identities.passed, len(identities.warnings)) == (True, 1)


def test_words_in_another_case_are_understood_and_a_row_that_breaks_a_rule_holds_its_payer_s_month_back(tmp_path: Path):
    """A foreign writer's bill of two payers: the first spells small, the second has a charge that ends as it starts."""
    plan = {
        "CommitmentDiscountId": "arn:aws:savingsplans::1:savingsplan/a",
        "CommitmentDiscountCategory": "spend",
        "CommitmentDiscountStatus": "used",
        "CommitmentDiscountType": "Savings Plan",
    }
    no_plan = dict.fromkeys(plan)
    other = {"BillingAccountId": "222222222222", "SubAccountId": "222222222222"}
    wrong = {"ChargeCategory": "tax", "ChargePeriodEnd": "2026-04-03T00:00:00.000Z", "ListCost": "0"}
    focus_csv(
        tmp_path / "bills",
        [
            focus_line(**no_plan, ChargeCategory="usage", BilledCost="5", EffectiveCost="3"),
            focus_line(**plan | {"ChargeCategory": "USAGE", "BilledCost": "0", "EffectiveCost": "0.5"}),
            focus_line(**no_plan, ChargeCategory="credit", BilledCost="-1", EffectiveCost="-1"),
            focus_line(**no_plan | other | wrong),
        ],
    )
    built = Built(_ingested(tmp_path), None)
    told = built.rows("select charge_category, purchase_option, effective_cost from daily_costs order by all")
    assert told == [
        ("Credit", "None", Decimal(-1)),
        ("Usage", "On-Demand", Decimal(3)),
        ("Usage", "Savings Plan", Decimal("0.5")),
    ]
    [held] = held_back(built.ws.store)
    assert held.bill == ("2026-04", "222222222222")
    [reason] = held.reasons
    assert reason.endswith("the rule that a charge period ends after it starts, in 1 rows, one of them " + SERVICE)
