"""What each invoice comes to is counted from the files when a bill is accepted, beside the payer's total."""

import json
from decimal import Decimal

from ingestion.deliveries import Delivery
from tests.ingestion.bills import PAYER, cur2_csv, cur2_parquet, legacy_line, legacy_parquet, line


def _line(cost, invoice=None, **more):
    return line(line_item_unblended_cost=cost, bill_invoice_id=invoice, **more)


def _told(delivery):
    return [
        (one.billing_account_id, one.billing_currency, one.invoice_id, one.row_count, one.billed_cost)
        for one in delivery.invoices
    ]


def test_every_invoice_of_a_bill_is_told_with_what_is_on_none_yet(bills, ingest):
    first = [_line("1.5", "INV-1"), _line("0.25", "INV-2"), _line("0.1")]
    cur2_csv(bills, first, [_line("2.0", "INV-1"), _line("-0.5", ""), _line("0")])
    delivery = ingest(bills).deliveries[0].delivery
    assert _told(delivery) == [
        (PAYER, "USD", "", 3, Decimal("-0.4")),
        (PAYER, "USD", "INV-1", 2, Decimal("3.5")),
        (PAYER, "USD", "INV-2", 1, Decimal("0.25")),
    ]


def test_invoices_sum_to_their_payer_in_each_currency(bills, ingest):
    seller = {"line_item_legal_entity": "A Seller GmbH", "line_item_currency_code": "EUR"}
    cur2_parquet(
        bills,
        [
            _line("1.1", "A", line_item_legal_entity="Amazon Web Services, Inc."),
            _line("2.2", "B", line_item_legal_entity="Amazon Web Services, Inc."),
            _line("3.3", "A", **seller),
        ],
    )
    delivery = ingest(bills).deliveries[0].delivery
    assert [(one[1], one[2], one[4]) for one in _told(delivery)] == [
        ("EUR", "A", Decimal("3.3")),
        ("USD", "A", Decimal("1.1")),
        ("USD", "B", Decimal("2.2")),
    ]
    assert [(one.billing_currency, one.billed_cost) for one in delivery.payers] == [
        ("EUR", Decimal("3.3")),
        ("USD", Decimal("3.3")),
    ]


def test_an_invoice_without_a_net_amount_of_its_own_follows_the_layout_of_its_payer_s_bill(bills, ingest):
    net = "line_item_net_unblended_cost"
    # Discounts stand in net columns alone: the support fee, on an invoice of its own, has none.
    cur2_csv(bills, [_line("100", "USAGE", **{net: "90"}), _line("10", "SUPPORT", **{net: None})])
    assert [(one[2], one[4]) for one in _told(ingest(bills).deliveries[0].delivery)] == [
        ("SUPPORT", Decimal(10)),
        ("USAGE", Decimal(90)),
    ]
    # A discount line on one invoice: all of the payer's invoices are billed as their lines say.
    discount = _line("-10", "DISCOUNT", line_item_line_item_type="EdpDiscount", **{net: None})
    cur2_csv(bills, [_line("100", "USAGE", **{net: "90"}), discount])
    assert [(one[2], one[4]) for one in _told(ingest(bills).deliveries[0].delivery)] == [
        ("DISCOUNT", Decimal(-10)),
        ("USAGE", Decimal(100)),
    ]


def test_a_bill_without_invoice_ids_has_one_total_for_what_is_not_invoiced(bills, ingest):
    legacy_parquet(bills, [{k: v for k, v in legacy_line().items() if k != "bill_invoice_id"}])
    assert _told(ingest(bills).deliveries[0].delivery) == [(PAYER, "USD", "", 1, Decimal(1))]


def test_a_record_keeps_every_digit_of_its_invoices(bills, ingest):
    cur2_csv(bills, [_line("0.0000000001", "INV-1"), _line("123456789.0123456789", "INV-1")])
    delivery = ingest(bills).deliveries[0].delivery
    assert Delivery.from_json(delivery.to_json()) == delivery
    assert delivery.invoices[0].billed_cost == Decimal("123456789.0123456790")


def test_a_record_of_a_lake_that_did_not_count_invoices_is_still_read(bills, ingest):
    cur2_csv(bills, [_line("1", "INV-1")])
    old = json.loads(ingest(bills).deliveries[0].delivery.to_json())
    del old["invoices"]
    assert Delivery.from_json(json.dumps(old).encode()).invoices == ()
