"""`finops reconcile`: green where everything is the bill, red and by name where anything is off by the last digit."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import boto3
import duckdb
import pytest
from moto import mock_aws

from dbt_project.explain import METRICS, Filters, explain
from dbt_project.landing import local_lake
from lake.errors import LakeError, SettingsError
from lake.output import Output
from lake.settings import Settings
from lake.workspace import Workspace
from quality.reconciling.amounts import ALL
from quality.reconciling.reconcile import Comparison, reconcile
from tests.ingestion.bills import cur2_csv, legacy_line, legacy_parquet, line
from tests.pipeline.conftest import NOW, Built, workspace
from tests.support import command
from tests.support.tampered import add_to_first_row, drop_a_row_of_no_cost

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ledger")]

PAYER = "100000000001"


def finops(lake: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return command.finops("--json", "--lake", str(lake), *arguments)


@pytest.fixture
def copied(built: Built, tmp_path: Path) -> Path:
    """A copy of the lake that a test may spoil."""
    return Path(shutil.copytree(built.ws.store.uri, tmp_path / "copied"))


def differing(lake: Path) -> list[Comparison]:
    return list(reconcile(workspace(lake)).differing)


def test_every_total_of_a_built_lake_is_the_ledger_s_to_the_last_digit(built: Built):
    report = reconcile(built.ws)
    assert report.differing == ()
    truths = {period.billing_period: period for period in built.ledger.truth.periods}
    seen = set()
    for one in report.comparisons:
        if one.bill.invoice_id != ALL:
            continue
        truth = truths[one.bill.billing_period]
        measure = one.measure.removesuffix("_cost")
        assert one.actual_cost == one.expected.cost == getattr(truth, measure), one
        # FOCUS counts charges otherwise: what takes covered usage back is no charge there. Pods stand for machines.
        uncounted = one.place in ("focus_1_2", "allocated_costs", "team_costs")
        assert one.actual_charge_count == (None if uncounted else truth.row_count)
        seen.add((one.place, measure))
    assert {("landing", "billed"), ("int_charges", "billed"), ("monthly_costs", "effective")} < seen
    assert {place for place, measure in seen if measure == "billed"} == {
        *("landing", "int_charges", "daily_costs", "monthly_costs", "allocated_costs", "focus_1_2")
    }


@pytest.mark.parametrize("mart", ["daily_costs", "monthly_costs", "allocated_costs"])
@pytest.mark.parametrize("measure", ["billed_cost", "amortized_cost", "effective_cost"])
def test_a_published_mart_off_by_the_last_digit_is_named(copied: Path, mart: str, measure: str):
    add_to_first_row(copied / "marts" / mart / f"{mart}.parquet", measure, "-0.0000000001")
    [one] = differing(copied)
    assert (one.place, one.measure, one.difference_micros) == (mart, measure, -1)
    assert f"{mart} {measure}" in one.told()
    assert "-0.0000000001 USD" in one.told()


def test_a_landed_file_off_by_a_cent_is_named_and_the_command_ends_with_1(copied: Path):
    [july] = (copied / "landing" / "cur2" / "billing_period=2026-07").glob("*/part-*.parquet")
    add_to_first_row(july, "line_item_unblended_cost", "0.01")
    done = finops(copied, "reconcile")
    assert done.returncode == 1
    assert "landing billed_cost of 2026-07" in done.stderr
    told = json.loads(done.stdout)["reconcile"]
    assert told["is_reconciled"] is False
    wrong = [one for one in told["comparisons"] if not one["is_equal"]]
    for one in wrong:
        assert (one["place"], one["billing_period"], one["difference_micros"]) == ("landing", "2026-07", 10_000)
    # The month, and the invoice that its line is on.
    assert len(wrong) == 2
    assert wrong[0]["invoice_id"] == "all" != wrong[1]["invoice_id"]
    # The month before is right, and may be asked for alone.
    assert finops(copied, "reconcile", "--period", "2026-06").returncode == 0


def test_a_line_of_no_cost_that_went_missing_shows_in_the_count_of_lines(copied: Path):
    [june] = (copied / "landing" / "cur2" / "billing_period=2026-06").glob("*/part-*.parquet")
    drop_a_row_of_no_cost(june, "line_item_unblended_cost")
    month, invoice = differing(copied)
    assert invoice.bill.month == month.bill != invoice.bill
    for one in (month, invoice):
        assert (one.place, one.difference_micros) == ("landing", 0)
        assert one.actual_charge_count == one.expected.charge_count - 1
        assert "lines instead of" in one.told()


def test_a_record_that_tells_another_total_than_the_landed_rows_differs_everywhere(copied: Path):
    [pointer] = (copied / "landing" / "deliveries").glob("cur2/*/2026-07/current.json")
    record = json.loads(pointer.read_text())
    for amount in ("unblended_cost", "billed_cost"):
        record["payers"][0][amount] = str(Decimal(record["payers"][0][amount]) + 5)
    pointer.write_text(json.dumps(record))
    assert {"landing", "int_charges", "daily_costs", "monthly_costs"} <= {one.place for one in differing(copied)}


def test_a_lake_without_its_last_month_s_marts_differs_by_the_whole_month(copied: Path, built: Built):
    shutil.rmtree(next((copied / "landing" / "deliveries" / "cur2").glob("*/2026-07")))
    wrong = differing(copied)
    assert {one.bill.billing_period for one in wrong} == {"2026-07"}
    july = built.ledger.truth.periods[1]
    assert {one.difference for one in wrong if one.measure == "billed_cost"} == {july.billed}


def told_totals(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "told.csv"
    path.write_text("\n".join(["source,billing_period,billing_account_id,currency,amount", *lines]) + "\n")
    return path


def test_invoices_that_are_right_to_the_cent_agree(built: Built, tmp_path: Path):
    june, july = built.ledger.truth.periods
    part = Decimal("100.00")
    against = told_totals(
        tmp_path,
        f"invoice,2026-06,{PAYER},USD,{round(june.billed - part, 2)}",
        f"invoice,2026-06,{PAYER},USD,{part}",
        f"Cost Explorer,2026-07,{PAYER},USD,{july.billed}",
    )
    report = reconcile(built.ws, against=[against])
    assert report.differing == ()
    assert {"invoice", "Cost Explorer"} <= {one.place for one in report.comparisons}


def test_an_invoice_off_by_two_cents_is_named_and_the_command_ends_with_1(built: Built, tmp_path: Path):
    june = built.ledger.truth.periods[0]
    against = told_totals(tmp_path, f"INV-7,2026-06,{PAYER},USD,{round(june.billed, 2) + Decimal('0.02')}")
    done = finops(Path(built.ws.store.uri), "reconcile", "--against", str(against))
    assert done.returncode == 1
    assert "INV-7 billed_cost of 2026-06" in done.stderr


def test_an_invoice_of_a_month_or_currency_without_a_bill_is_not_let_pass(built: Built, tmp_path: Path):
    euro = told_totals(tmp_path, f"invoice,2026-06,{PAYER},EUR,10.00", f"invoice,2026-05,{PAYER},USD,10.00")
    assert [one.place for one in reconcile(built.ws, against=[euro]).differing] == ["invoice", "invoice"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("invoice,June 2026,100000000001,USD,1.00", "billing_period"),
        ("invoice,2026-06,1E+11,USD,1.00", "billing_account_id"),
        ("invoice,2026-06,100000000001,$,1.00", "currency"),
        ("invoice,2026-06,100000000001,USD,one", "amount"),
        ("invoice,2026-06,100000000001,USD,NaN", "amount"),
        (",2026-06,100000000001,USD,1.00", "source"),
        ("invoice,2026-06", "billing_account_id"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_with_its_number(built: Built, tmp_path: Path, row: str, told: str):
    against = told_totals(tmp_path, f"invoice,2026-06,{PAYER},USD,1.00", row)
    with pytest.raises(SettingsError, match=told) as error:
        reconcile(built.ws, against=[against])
    assert error.value.where.endswith("line 3")


def test_a_file_without_the_columns_or_without_lines_is_no_file_of_totals(built: Built, tmp_path: Path):
    path = tmp_path / "other.csv"
    path.write_text("month,total\n2026-06,1\n")
    with pytest.raises(SettingsError, match="lacks the columns billing_period, billing_account_id"):
        reconcile(built.ws, against=[path])
    with pytest.raises(SettingsError, match="no amount"):
        reconcile(built.ws, against=[told_totals(tmp_path)])
    assert finops(Path(built.ws.store.uri), "reconcile", "--against", str(tmp_path / "none.csv")).returncode == 2


def test_a_month_or_payer_that_the_lake_lacks_is_wrong_use(built: Built):
    with pytest.raises(SettingsError) as error:
        reconcile(built.ws, period="2025-01")
    assert "2026-06, 2026-07" in error.value.todo
    with pytest.raises(SettingsError):
        reconcile(built.ws, payer="999999999999")


@pytest.fixture(scope="module")
def overlapping(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """One payer told three times, another one told once; one of the three brings a second currency."""
    from dbt_project.build import build
    from ingestion.land import ingest

    folder = tmp_path_factory.mktemp("overlapping")
    april = {
        "bill_billing_period_start_date": "2026-04-01T00:00:00Z",
        "bill_billing_period_end_date": "2026-05-01T00:00:00Z",
        "line_item_usage_start_date": "2026-04-03T00:00:00Z",
        "line_item_usage_end_date": "2026-04-03T01:00:00Z",
    }
    alone = line(bill_payer_account_id="222222222222", line_item_unblended_cost="5.0")
    cur2_csv(folder / "bills", [line(line_item_unblended_cost="3.0"), alone], export="daily")
    hours = [line(line_item_unblended_cost=cost, line_item_legal_entity="AWS Inc.") for cost in ("1.0", "2.0")]
    sinnet = line(line_item_currency_code="CNY", line_item_legal_entity="Sinnet")
    cur2_csv(folder / "bills", [*hours, sinnet], export="hourly")
    legacy_parquet(
        folder / "bills", [legacy_line(**april, line_item_unblended_cost="3.0")] * 4, report="old", year=2026, month=4
    )
    ws = workspace(folder / "lake")
    with ws.store.locked():
        ingest(ws, str(folder / "bills"))
        build(ws)
    return ws


def test_exports_of_one_month_count_once_and_the_others_are_listed_with_the_reason(overlapping: Workspace):
    report = reconcile(overlapping)
    assert report.differing == ()
    landed = {one.bill[1:]: one.actual_cost for one in report.comparisons if one.place == "landing"}
    bills = {("099887766554", "USD"): 3, ("099887766554", "CNY"): 1, ("222222222222", "USD"): 5}
    assert landed == {(*bill, on): cost for bill, cost in bills.items() for on in (ALL, "")}
    why = {one.share.export_name: one.why for one in report.not_counted}
    assert why.keys() == {"daily", "old"}
    assert "hourly (cur2) tells the same month with more lines, 3 against 1" in why["daily"]
    assert "cur2 is trusted before legacy_cur" in why["old"]
    assert {one.share.billing_account_id for one in report.not_counted} == {"099887766554"}


def test_the_proof_and_the_models_choose_the_same_delivery_on_their_own(overlapping: Workspace):
    from quality.reconciling.election import accepted_shares, elect

    elected, others = elect(accepted_shares(overlapping.store))
    with duckdb.connect(f"{overlapping.store.uri}/engine/finops.duckdb", read_only=True) as engine:
        told = engine.execute(
            "select billing_account_id, billing_period, delivery_id, is_elected from build.int_deliveries__elected"
        ).fetchall()
    mine = {(one.billing_account_id, one.billing_period, one.delivery_id, True) for one in elected}
    mine |= {(one.share.billing_account_id, one.share.billing_period, one.share.delivery_id, False) for one in others}
    assert mine == set(told)


def test_a_lake_in_s3_is_proved_and_explained_like_one_on_disk(
    overlapping: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="lake")
        for file in overlapping.store.files():
            if not file.key.startswith("engine/"):
                client.upload_file(str(overlapping.store.local_copy(file.key)), "lake", f"a/{file.key}")
        settings = Settings.resolve(lake="s3://lake/a", environ={"AWS_REGION": "us-east-1"})
        ws = Workspace.begin(settings, Output(quiet=True), NOW)
        assert reconcile(ws) == reconcile(overlapping)
        with pytest.raises(LakeError, match="Nothing is built here yet"):
            explain(ws, METRICS["billed"], Filters(), 1)
        # As a build on this machine leaves it.
        engine_file = local_lake(ws.store) / "engine" / "finops.duckdb"
        shutil.copy(overlapping.store.local_copy("engine/finops.duckdb"), engine_file)
        told = explain(ws, METRICS["billed"], Filters(account="011254002932"), 9)
    assert told.totals == {"USD": 8, "CNY": 1}
    assert told.line_count == 4
    assert not told.differing


@pytest.fixture(scope="module")
def invoiced(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """April on two invoices and on none yet, told a second time after a refund; the amounts are added up by hand."""
    from dbt_project.build import build
    from ingestion.land import ingest

    folder = tmp_path_factory.mktemp("invoiced")
    ws = workspace(folder / "lake")

    def told(cost: str, invoice: str, **more: str) -> dict[str, str]:
        return line(line_item_unblended_cost=cost, bill_invoice_id=invoice, **more)

    first = [told("10.25", "INV-1"), told("2.5", "INV-1"), told("7.0", "INV-2"), told("0.125", "")]
    with ws.store.locked():
        cur2_csv(folder / "1", first)
        ingest(ws, str(folder / "1"))
        cur2_csv(folder / "2", [*first, told("-3.0", "INV-2", line_item_line_item_type="Refund")])
        ingest(ws, str(folder / "2"))
        build(ws)
    return ws


BY_INVOICE = {"INV-1": (Decimal("12.75"), 2), "INV-2": (Decimal(4), 2), "": (Decimal("0.125"), 1)}
MONTH = (Decimal("16.875"), 5)


def test_each_invoice_is_compared_by_the_command_wherever_it_is_told(invoiced: Workspace):
    done = finops(Path(invoiced.store.uri), "reconcile")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["reconcile"]["comparisons"]
    billed = {
        (one["place"], one["invoice_id"]): (Decimal(one["actual_cost"]), one["actual_charge_count"])
        for one in rows
        if one["measure"] == "billed_cost"
    }
    counted = {**BY_INVOICE, ALL: MONTH}
    expected = {(place, on): total for place in ("landing", "int_charges") for on, total in counted.items()}
    expected |= {("focus_1_2", on): (cost, None) for on, (cost, _) in counted.items()}
    expected |= {(place, ALL): MONTH for place in ("daily_costs", "monthly_costs")}
    expected["allocated_costs", ALL] = (MONTH[0], None)
    assert billed == expected
    [moved] = [one for one in rows if one["place"] == "restatements"]
    assert (Decimal(moved["expected_cost"]), moved["expected_charge_count"]) == (-3, 1)
    assert (Decimal(moved["actual_cost"]), moved["actual_charge_count"]) == (-3, 1)


def test_each_invoice_is_compared_by_the_build_wherever_it_is_told(invoiced: Workspace):
    path = Path(invoiced.store.uri) / "marts" / "reconciliation" / "reconciliation.parquet"
    found = duckdb.sql(
        f"select table_name, invoice_id, expected_cost, actual_cost, is_reconciled from '{path}' "
        "where measure = 'billed_cost' and table_name in ('int_charges', 'focus_1_2')"
    ).fetchall()
    assert len(found) == 8
    for table, on, expected, actual, is_reconciled in found:
        assert (expected, actual, is_reconciled) == (*(({**BY_INVOICE, ALL: MONTH})[on][0],) * 2, True), table


@pytest.mark.parametrize(
    ("mart", "column", "places"),
    [("focus_1_2", "BilledCost", [ALL, "INV-2"]), ("restatements", "billed_cost_change", [ALL])],
)
def test_a_mart_off_by_a_digit_is_named_with_the_invoice(
    invoiced: Workspace, tmp_path: Path, mart: str, column: str, places: list[str]
):
    lake = Path(shutil.copytree(invoiced.store.uri, tmp_path / "copied"))
    [path] = (lake / "marts" / mart).rglob("*.parquet")
    cost = duckdb.sql(f"select {column} from '{path}' where {column} < 0").fetchall()
    assert cost == [(-3,)]
    wrong_cost = f"{column} - 0.0000000001 * ({column} < 0)::int as {column}"
    rows = duckdb.sql(f"select * replace ({wrong_cost}) from '{path}'")
    rows.write_parquet(str(tmp_path / "aside.parquet"))
    shutil.move(tmp_path / "aside.parquet", path)
    wrong = differing(lake)
    assert [(one.place, one.bill.invoice_id, one.difference_micros) for one in wrong] == [
        (mart, on, -1) for on in places
    ]
    assert all((", invoice INV-2" in one.told()) == (one.bill.invoice_id == "INV-2") for one in wrong)


def test_the_table_shows_invoices_only_where_a_month_has_several(invoiced: Workspace, overlapping: Workspace):
    told = [command.finops("--lake", str(ws.store.uri), "reconcile") for ws in (invoiced, overlapping)]
    assert [done.returncode for done in told] == [0, 0]
    assert "INV-2" in told[0].stdout
    assert "none yet" in told[0].stdout
    assert "nvoice" not in told[1].stdout


def answer(tmp_path: Path, told: dict) -> Path:
    path = tmp_path / f"{next(iter(told))}.json"
    path.write_text(json.dumps(told))
    return path


def cost_explorer(built: Built, metrics: dict[str, str], off: str = "0") -> dict:
    """What Cost Explorer would say of June, by account, from the ledger's truth."""
    june = built.ledger.truth.periods[0]
    accounts = june.billed_by_account
    groups = [
        {"Keys": [account], "Metrics": {"UnblendedCost": {"Amount": str(cost), "Unit": "USD"}}}
        for account, cost in accounts.items()
    ]
    first = groups[0]["Metrics"]["UnblendedCost"]
    first["Amount"] = str(Decimal(first["Amount"]) + Decimal(off))
    total = {name: {"Amount": str(getattr(june, measure)), "Unit": "USD"} for name, measure in metrics.items()}
    period = {"TimePeriod": {"Start": "2026-06-01", "End": "2026-07-01"}, "Estimated": True}
    if metrics:
        return {"ResultsByTime": [{**period, "Total": total, "Groups": []}]}
    definitions = [{"Type": "DIMENSION", "Key": "LINKED_ACCOUNT"}]
    return {"GroupDefinitions": definitions, "ResultsByTime": [{**period, "Total": {}, "Groups": groups}]}


def test_cost_explorer_s_own_answers_agree_with_every_measure(built: Built, tmp_path: Path):
    metrics = {
        "UnblendedCost": "billed",
        "NetUnblendedCost": "billed",
        "AmortizedCost": "amortized",
        "NetAmortizedCost": "effective",
    }
    report = reconcile(built.ws, against=[answer(tmp_path, cost_explorer(built, metrics))])
    assert report.differing == ()
    told = {one.place: one for one in report.comparisons if one.is_estimated}
    assert told.keys() == {f"Cost Explorer {metric}" for metric in metrics}
    assert told["Cost Explorer AmortizedCost"].measure == "amortized_cost"


def test_an_account_that_cost_explorer_tells_otherwise_is_named_beside_the_month(built: Built, tmp_path: Path):
    agreed = reconcile(built.ws, against=[answer(tmp_path, cost_explorer(built, {}, off="0.0099"))])
    assert agreed.differing == ()
    accounts = built.ledger.truth.periods[0].billed_by_account
    assert {one.sub_account_id for one in agreed.comparisons} == {"", *accounts}
    done = finops(
        Path(built.ws.store.uri), "reconcile", "--against", str(answer(tmp_path, cost_explorer(built, {}, off="0.02")))
    )
    assert done.returncode == 1
    wrong = [one for one in json.loads(done.stdout)["reconcile"]["comparisons"] if not one["is_equal"]]
    assert [(one["sub_account_id"], one["difference_micros"]) for one in wrong] == [
        (None, 20_000),
        (next(iter(accounts)), 20_000),
    ]
    assert "estimated" in done.stderr
    assert f"account {next(iter(accounts))}" in done.stderr


def test_cost_explorer_names_no_payer_so_one_must_be_chosen_where_a_month_has_several(
    overlapping: Workspace, tmp_path: Path
):
    total = {"UnblendedCost": {"Amount": "5", "Unit": "USD"}}
    april = {"TimePeriod": {"Start": "2026-04-01", "End": "2026-05-01"}, "Total": total, "Estimated": False}
    path = answer(tmp_path, {"ResultsByTime": [april]})
    with pytest.raises(SettingsError, match="does not say which payer") as error:
        reconcile(overlapping, against=[path])
    assert "222222222222" in error.value.todo
    assert reconcile(overlapping, against=[path], payer="222222222222").differing == ()
    assert len(reconcile(overlapping, against=[path], payer="099887766554").differing) == 1


def invoicing(*invoices: tuple[str, str]) -> dict:
    return {
        "InvoiceSummaries": [
            {
                "AccountId": "099887766554",
                "InvoiceId": number,
                "BillingPeriod": {"Month": 4, "Year": 2026},
                "BaseCurrencyAmount": {"TotalAmount": amount, "CurrencyCode": "USD"},
            }
            for number, amount in invoices
        ]
    }


def test_invoicing_s_own_answer_is_compared_invoice_by_invoice(invoiced: Workspace, tmp_path: Path):
    right = answer(tmp_path, invoicing(("INV-1", "12.75"), ("INV-2", "4.01")))
    report = reconcile(invoiced, against=[right])
    assert report.differing == ()
    assert {one.bill.invoice_id for one in report.comparisons if one.place == "Invoicing"} == {"INV-1", "INV-2"}
    wrong = answer(tmp_path, invoicing(("INV-1", "12.77"), ("INV-9", "4.00")))
    done = finops(Path(invoiced.store.uri), "reconcile", "--against", str(wrong))
    assert done.returncode == 1
    assert "invoice INV-1: +0.02" in done.stderr
    # An invoice that the bill does not know is compared with nothing.
    assert "invoice INV-9: +4.00" in done.stderr


def test_an_invoice_that_an_answer_leaves_out_is_named_with_what_the_bill_has_of_it(
    invoiced: Workspace, tmp_path: Path
):
    done = finops(
        Path(invoiced.store.uri), "reconcile", "--against", str(answer(tmp_path, invoicing(("INV-1", "12.75"))))
    )
    assert done.returncode == 1
    assert "payer 099887766554, invoice INV-2: left out, 4.0000000000 USD in the bill's files" in done.stderr
    wrong = [one for one in json.loads(done.stdout)["reconcile"]["comparisons"] if not one["is_equal"]]
    assert [(one["invoice_id"], one["is_left_out"], one["difference_micros"]) for one in wrong] == [
        ("INV-2", True, -4_000_000)
    ]


def test_an_account_that_an_answer_leaves_out_is_named_with_what_it_cost(built: Built, tmp_path: Path):
    told = cost_explorer(built, {})
    [june] = told["ResultsByTime"]
    gone = june["Groups"].pop()
    report = reconcile(built.ws, against=[answer(tmp_path, told)])
    [_, left_out] = report.differing
    assert (left_out.sub_account_id, left_out.is_left_out, left_out.is_estimated) == (gone["Keys"][0], True, True)
    assert left_out.expected.cost == Decimal(gone["Metrics"]["UnblendedCost"]["Amount"])
    assert f"account {gone['Keys'][0]}: left out" in left_out.told()


def test_json_of_another_kind_is_one_clear_error(built: Built, tmp_path: Path):
    done = finops(Path(built.ws.store.uri), "reconcile", "--against", str(answer(tmp_path, {"Budgets": []})))
    assert done.returncode == 2
    error = json.loads(done.stdout)["error"]
    assert "no answer of Cost Explorer's" in error["what"]
    assert "Budgets.json" in error["where"]
    assert "list-invoice-summaries" in error["todo"]
