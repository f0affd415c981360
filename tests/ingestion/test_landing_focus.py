"""FOCUS bills of AWS, as Data Exports writes them and as people keep them, from file to landed rows."""

from decimal import Decimal

import pytest

from ingestion import land
from lake.errors import BadBillError
from tests.ingestion.bills import MEMBER, PAYER, csv_bytes, cur2_csv, focus_csv, focus_line, focus_parquet, line

MICROSOFT = {"ProviderName": "Microsoft", "BillingAccountId": "/billing/861", "SubAccountId": "/subscriptions/9e"}


def _delivery(report):
    (one,) = report.deliveries
    return one.delivery


@pytest.mark.parametrize("write", [focus_csv, focus_parquet])
@pytest.mark.parametrize("version", ["", "exec-7"])
def test_an_export_is_found_by_its_manifest_and_read_whole(bills, ingest, landed, write, version):
    told = {"x_Discounts": '{"edp_discount":-0.25}', "SkuPriceDetails": '{"InstanceType":"m5.large"}'}
    first = [focus_line(BilledCost="1.5", InvoiceId="INV-1", **told), focus_line(BilledCost="0.0000000001", **told)]
    write(bills, first, [focus_line(BilledCost="-0.5", Tags='{"user_owner":"ann"}', **told)], version=version)
    delivery = _delivery(ingest(bills))
    assert (delivery.source, delivery.export_name, delivery.billing_period) == ("focus", "focus", "2026-04")
    assert (delivery.row_count, delivery.unblended_cost) == (3, Decimal("1.0000000001"))
    assert [(one.invoice_id, one.row_count, one.billed_cost) for one in delivery.invoices] == [
        ("", 2, Decimal("-0.4999999999")),
        ("INV-1", 1, Decimal("1.5")),
    ]
    assert (delivery.usage_from, delivery.usage_through, delivery.granularity) == ("2026-04-03", "2026-04-03", "DAILY")
    assert landed("BilledCost, Tags, x_Discounts, SkuPriceDetails['InstanceType'], ChargePeriodStart::varchar") == [
        (Decimal("-0.5"), {"user_owner": "ann"}, {"edp_discount": -0.25}, "m5.large", "2026-04-03 00:00:00"),
        (Decimal("0.0000000001"), {}, {"edp_discount": -0.25}, "m5.large", "2026-04-03 00:00:00"),
        (Decimal("1.5"), {}, {"edp_discount": -0.25}, "m5.large", "2026-04-03 00:00:00"),
    ]


def test_only_what_the_newest_manifest_names_is_read(bills, ingest):
    focus_csv(bills, [focus_line(BilledCost="7.0")], version="older")
    focus_csv(bills, [focus_line(BilledCost="8.0")], version="newer")
    assert _delivery(ingest(bills)).unblended_cost == Decimal(8)


@pytest.mark.parametrize("partition", ["BILLING_PERIOD", "billing_period", "Billing_Period"])
def test_the_case_of_the_folder_does_not_matter(bills, ingest, partition):
    focus_csv(bills, [focus_line()], partition=partition)
    assert _delivery(ingest(bills)).billing_period == "2026-04"


def test_headers_are_known_in_any_case_and_a_strange_column_is_named_and_left_out(bills, ingest, landed):
    lower = {name.lower(): value for name, value in focus_line(Id="11472").items()}
    focus_csv(bills, [lower])
    assert _delivery(ingest(bills)).unknown_columns == ("id",)
    assert landed("BilledCost, SubAccountId") == [(Decimal(1), MEMBER)]


def test_focus_1_0_lands_without_the_columns_that_came_later(bills, ingest, landed):
    of_1_2 = ("InvoiceId",)
    focus_csv(bills, [{k: v for k, v in focus_line(x_UsageType="BoxUsage").items() if k not in of_1_2}])
    delivery = _delivery(ingest(bills))
    assert {"InvoiceId", "SkuMeter", "BillingAccountType"} <= set(delivery.missing_columns)
    assert [one.invoice_id for one in delivery.invoices] == [""]
    assert landed("x_UsageType, InvoiceId, SkuMeter") == [("BoxUsage", None, None)]


def test_a_loose_file_is_a_bill_of_the_month_that_its_first_row_tells(bills, ingest, landed):
    # As a database dumps it: NULL for nothing, times without a zone.
    times = {"ChargePeriodStart": "2026-04-03 00:00:00", "BillingPeriodStart": "2026-04-01 00:00:00"}
    row = focus_line(CommitmentDiscountId="NULL", PricingQuantity="NULL", ChargeDescription='a "NULL" word', **times)
    (bills / "april.csv").write_bytes(csv_bytes([row]))
    delivery = _delivery(ingest(bills))
    assert (delivery.export_name, delivery.billing_period, delivery.status) == ("april", "2026-04", "OPEN")
    assert landed("CommitmentDiscountId, PricingQuantity, ChargeDescription") == [(None, None, 'a "NULL" word')]


def test_lines_of_other_providers_are_refused_with_a_count_of_each(bills, ingest, lake_bytes):
    oracle = {"ProviderName": "Oracle", "BillingAccountId": "202", "SubAccountId": "ocid6.tenancy"}
    focus_csv(bills, [focus_line()], [focus_line(), focus_line(**oracle), *[focus_line(**MICROSOFT)] * 3])
    with pytest.raises(BadBillError) as refused:
        ingest(bills)
    assert refused.value.exit_code == 2
    assert "3 of Microsoft, 1 of Oracle" in refused.value.what
    assert "focus-00002.csv.gz" in refused.value.where
    assert "row 2 " in refused.value.where
    assert "--all-providers" in refused.value.todo
    assert not [key for key in lake_bytes() if key.endswith("current.json")]


def test_lines_of_other_providers_are_kept_where_that_is_asked_for(bills, ws):
    # Another cloud may bill by other months; what was kept of it belongs to the month that it was delivered with.
    other_month = {"BillingPeriodStart": "2026-05-01T00:00:00.000Z", "BilledCost": "0.25"}
    focus_csv(bills, [focus_line(), focus_line(**MICROSOFT, **other_month)])
    with ws.store.locked():
        delivery = _delivery(land.ingest(ws, str(bills), all_providers=True))
    assert [(one.billing_account_id, one.billed_cost) for one in delivery.payers] == [
        ("/billing/861", Decimal("0.25")),
        (PAYER, Decimal(1)),
    ]


@pytest.mark.parametrize("name", ["AWS", "aws", "Amazon Web Services", "Amazon Web Services, Inc."])
def test_aws_is_known_by_each_of_its_names(bills, ingest, name):
    focus_csv(bills, [focus_line(ProviderName=name)])
    assert _delivery(ingest(bills)).row_count == 1


@pytest.mark.parametrize(
    ("payer", "account"),
    [
        (PAYER, "8.36E+11"),
        ("8.36E+11", MEMBER),
        (PAYER, "11254002932"),  # a leading zero that is gone
        ("99887766554", MEMBER),
        (PAYER, "836123456789.0"),
        ("1234567890123", "8.36E+11"),
        ("1.23E+12", "8.36E+11"),
    ],
)
def test_an_account_id_that_a_spreadsheet_damaged_is_refused(bills, ingest, payer, account):
    focus_csv(bills, [focus_line(), focus_line(BillingAccountId=payer, SubAccountId=account)])
    with pytest.raises(BadBillError, match=r"An account id is damaged") as refused:
        ingest(bills)
    assert "row 2 below the header" in refused.value.where


def test_an_anonymised_payer_of_more_digits_may_have_accounts_of_fewer(bills, ingest):
    focus_csv(bills, [focus_line(BillingAccountId="1234567890123", SubAccountId="51738928782")])
    assert _delivery(ingest(bills)).row_count == 1


def test_what_the_payer_is_charged_as_a_whole_needs_no_account(bills, ingest):
    focus_csv(bills, [focus_line(), focus_line(ChargeCategory="Tax", SubAccountId=None)])
    assert _delivery(ingest(bills)).row_count == 2


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"BilledCost": "1,0"}, "A cost cannot be read as a number"),
        ({"BilledCost": None}, "A cost cannot be read as a number"),
        ({"BilledCost": "NULL"}, "A cost cannot be read as a number"),
        ({"EffectiveCost": "much"}, "A required value is blank or unreadable"),
        ({"ListCost": "much"}, "A value cannot be read as decimal"),
        ({"ChargeCategory": None}, "A required value is blank or unreadable"),
        ({"BillingPeriodStart": "2026-03-01T00:00:00.000Z"}, "charges of another billing period"),
        ({"ChargePeriodStart": "2024-04-03T00:00:00.000Z"}, "A line starts at a time that no bill"),
        ({"Tags": "{not json"}, "A value cannot be read as map"),
    ],
)
def test_a_row_that_no_bill_could_hold_is_refused_by_file_column_and_row(bills, ingest, lake_bytes, changes, what):
    focus_csv(bills, [focus_line(), focus_line(), focus_line(**changes)])
    with pytest.raises(BadBillError, match=what) as refused:
        ingest(bills)
    assert f"column {next(iter(changes))}, row 3 below the header" in refused.value.where
    assert "focus-00001.csv.gz" in refused.value.where
    assert not [key for key in lake_bytes() if "focus" in key and key.endswith("current.json")]


def test_a_truncated_export_is_refused(bills, ingest):
    folder = focus_csv(bills, [focus_line()] * 500)
    path = folder / "focus-00001.csv.gz"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(BadBillError, match="damaged or cut off"):
        ingest(bills)


def test_a_header_without_rows_is_no_bill(bills, ingest):
    focus_csv(bills, [], header=list(focus_line()))
    with pytest.raises(BadBillError, match="has no rows"):
        ingest(bills)


def test_two_exports_that_claim_one_delivery_are_refused(bills, ingest):
    focus_csv(bills, [focus_line()], export="focus", version="exec-1")
    focus_csv(bills, [focus_line()], export="focus-copy", version="exec-1")
    with pytest.raises(BadBillError, match="Two exports claim one delivery"):
        ingest(bills)


def test_a_focus_file_without_the_costs_is_refused_by_their_names(bills, ingest):
    focus_csv(bills, [{k: v for k, v in focus_line().items() if k != "EffectiveCost"}])
    with pytest.raises(BadBillError, match="lacks required columns of a bill: EffectiveCost"):
        ingest(bills)


def test_a_currency_that_changes_within_a_month_is_refused(bills, ingest):
    one_seller = {"InvoiceIssuerName": "AWS"}
    focus_csv(bills, [focus_line(**one_seller), focus_line(BillingCurrency="EUR", **one_seller)])
    with pytest.raises(BadBillError, match="The currency changes within 2026-04"):
        ingest(bills)


def test_a_month_told_as_cur_and_as_focus_lies_side_by_side(bills, ingest):
    cur2_csv(bills, [line()])
    focus_csv(bills, [focus_line()])
    assert [one.delivery.source for one in ingest(bills).deliveries] == ["cur2", "focus"]
