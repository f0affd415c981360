"""Broken and odd FOCUS bills: each is refused with an error of ours, or lands with the total that it states.

The expected total is computed by Python's csv and decimal alone, from the very file that was mutated.
"""

import csv
import gzip
import io
import tempfile
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingestion import land
from lake.errors import FinopsError
from lake.output import Output
from lake.settings import Profile, Settings
from lake.workspace import Workspace
from tests.ingestion.bills import csv_bytes, focus_csv, focus_line
from tests.ingestion.test_fuzz import MOST_DIGITS, NUMBERS, SPOTS, fuzzed, mutated

CHUNK = "focus/data/billing_period=2026-04/focus-00001.csv.gz"
LINES = [
    focus_line(BilledCost=cost, ChargeDescription=told, InvoiceId=invoice)
    for cost, told, invoice in [
        ("1.0", "$0.10 per hour", "INV-1"),
        ("-0.25", 'a "quoted", text', None),
        ("1.0E-7", "two\nlines", "INV-1"),
        ("0.0", "NULL", "NULL"),
        ("12345.6789012345", "plain", "INV-2"),
    ]
]
ODD = {
    "BilledCost": NUMBERS,
    "BillingAccountId": ["", "NULL", "8.36E+11", "123456789012", "1234567890123", "99887766554", "\u0661" * 12],
    "SubAccountId": ["", "NULL", "8.36E+11", "1", "011254002932\n"],
    "ProviderName": ["", "NULL", "Microsoft", "aws", " AWS"],
    "BillingCurrency": ["", "NULL", "EUR"],
    "InvoiceId": ["", "NULL", "INV-9", "'", '"'],
    "BillingPeriodStart": ["2026-04-30 23:59:59", "2026-05-01", "2026-04", "NULL"],
    "ChargePeriodStart": ["1900-01-01", "2026-04-03T00:00:00+14:00", "", "99999-01-01"],
    "Tags": ["{", "[]", '{"a": null}', "NULL", "{}"],
    "x_Discounts": ['{"edp": "much"}', '{"edp": -1e400}', "NULL"],
}
CELLS = st.sampled_from(sorted(ODD)).flatmap(
    lambda name: st.tuples(st.integers(0, len(LINES) - 1), st.just(name), st.sampled_from(ODD[name]))
)


def _said(content):
    """Rows and cost of each payer and invoice, by another reader than ours; NULL is nothing."""
    names, *rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True))
    assert all(len(row) == len(names) for row in rows if row), "a row does not fit the header"
    said = {}
    for row in (dict(zip([name.lower() for name in names], row, strict=True)) for row in rows if row):
        invoice = row.get("invoiceid", "")
        key = (row["billingaccountid"], "" if invoice == "NULL" else invoice)
        count, cost = said.get(key, (0, Decimal(0)))
        amount = Decimal(row["billedcost"]).quantize(Decimal("1e-10"), context=MOST_DIGITS)
        said[key] = (count + 1, MOST_DIGITS.add(cost, amount))
    return said


def _landed(folder, lake):
    ws = Workspace.begin(Settings(lake=str(lake), profile=Profile.LOCAL, region="us-east-1"), Output(quiet=True))
    try:
        with ws.store.locked():
            report = land.ingest(ws, str(folder))
    except FinopsError as error:
        assert error.exit_code in (1, 2)
        assert not list(Path(lake).rglob("part-*.parquet"))
        return None
    (one,) = report.deliveries
    told = one.delivery.invoices
    assert sum(invoice.row_count for invoice in told) == one.delivery.row_count
    return {
        (invoice.billing_account_id, invoice.invoice_id): (invoice.row_count, invoice.billed_cost) for invoice in told
    }


def _require_truth_or_refusal(content):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "bills"
        focus_csv(folder, [focus_line()])
        (folder / CHUNK).write_bytes(gzip.compress(content, mtime=0))
        got = _landed(folder, Path(place) / "lake")
        if got is not None:
            assert got == _said(content)
        return got


def _with_cells(cells):
    lines = [dict(one) for one in LINES]
    for row, name, value in cells:
        for one in lines:
            one.setdefault(name, None)
        lines[row][name] = value
    return csv_bytes(lines)


def test_the_bill_that_is_spoiled_here_lands_when_it_is_not():
    assert _require_truth_or_refusal(csv_bytes(LINES)) is not None


@fuzzed(15)
@given(st.lists(SPOTS, min_size=1, max_size=3))
def test_a_focus_csv_with_broken_bytes_is_refused_or_lands_what_it_says(changes):
    _require_truth_or_refusal(mutated(csv_bytes(LINES), changes))


@fuzzed(30)
@given(st.lists(CELLS, min_size=1, max_size=2))
@example([(0, "InvoiceId", "NULL")])
def test_a_focus_bill_with_odd_cells_is_refused_or_lands_what_it_says(cells):
    _require_truth_or_refusal(_with_cells(cells))


@pytest.mark.parametrize("name", sorted(ODD))
def test_each_odd_cell_alone_is_refused_or_lands_what_it_says(name):
    for value in ODD[name]:
        _require_truth_or_refusal(_with_cells([(1, name, value)]))
