"""Broken and odd bills by the hundred: each is refused with an error of ours, or lands with the total that it states.

The expected total is computed by Python's csv and decimal alone, from the very file that was mutated. Every bug that
this found stays here as an explicit example.
"""

import csv
import gzip
import io
import json
import tempfile
from collections import Counter
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import reduce
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ingestion import land
from lake.errors import FinopsError
from lake.output import Output
from lake.settings import Profile, Settings
from lake.workspace import Workspace
from tests.ingestion.bills import csv_bytes, cur2_csv, cur2_parquet, legacy_line, legacy_parquet, line

COST = "line_item_unblended_cost"
MOST_DIGITS = Context(prec=80, rounding=ROUND_HALF_UP)
CHUNK = "daily/data/BILLING_PERIOD=2026-04/daily-00001.csv.gz"

LINES = [
    line(identity_line_item_id=f"id{i}", line_item_unblended_cost=cost, line_item_line_item_description=told)
    for i, (cost, told) in enumerate(
        [
            ("1.0", "$0.10 per hour"),
            ("-0.25", 'a "quoted", text'),
            ("1.0E-7", "two\nlines"),
            ("0.0", ""),
            ("12345.6789012345", "plain"),
            ("3.0", "caf\xe9"),
        ]
    )
]


def fuzzed(examples):
    return settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )


def landed(folder, lake):
    """The (payer, row count, cost) of what was landed, or None if the bill was refused with an error of ours."""
    chosen = Settings(lake=str(lake), profile=Profile.LOCAL, region="us-east-1")
    ws = Workspace.begin(chosen, Output(quiet=True), now=datetime(2026, 4, 20, 6, 0, tzinfo=UTC))
    try:
        with ws.store.locked():
            report = land.ingest(ws, str(folder))
    except FinopsError as error:
        assert error.exit_code in (1, 2)
        assert str(error)
        assert not list(Path(lake).rglob("part-*.parquet"))
        return None
    per_payer = Counter()
    costs = {}
    for one in report.deliveries:
        paths = [Path(lake) / key for key in one.delivery.files]
        rows = [row for path in paths for row in pq.read_table(path, columns=[PAYER, COST]).to_pylist()]
        for row in rows:
            per_payer[row[PAYER]] += 1
            costs[row[PAYER]] = MOST_DIGITS.add(costs.get(row[PAYER], Decimal(0)), row[COST] or Decimal(0))
        assert one.delivery.row_count == len(rows)
        assert one.delivery.unblended_cost == reduce(MOST_DIGITS.add, costs.values())
    return {payer: (count, costs[payer]) for payer, count in per_payer.items()}


PAYER = "bill_payer_account_id"


def told(rows):
    """What rows of text say: rows and exact cost per payer, rounded per row to the ten decimals that we keep."""
    said = {}
    for row in rows:
        count, cost = said.get(row[PAYER], (0, Decimal(0)))
        amount = Decimal(row[COST] or "0").quantize(Decimal("1e-10"), context=MOST_DIGITS)
        said[row[PAYER]] = (count + 1, MOST_DIGITS.add(cost, amount))
    return said


def told_by_csv(content):
    names, *rows = [row for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True) if row]
    folded = [name.lower() for name in names]
    assert all(len(row) == len(names) for row in rows), "a row does not fit the header"
    return told([dict(zip(folded, row, strict=True)) for row in rows])


def require_truth_or_refusal(write, expected):
    """Land what `write(folder)` wrote; if it is taken, it must say what `expected()` says."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "bills"
        folder.mkdir()
        write(folder)
        got = landed(folder, Path(place) / "lake")
        if got is not None:
            assert got == expected(folder)


def of_csv(content):
    def write(folder):
        cur2_csv(folder, [line()])
        (folder / CHUNK).write_bytes(gzip.compress(content, mtime=0))

    require_truth_or_refusal(write, lambda _: told_by_csv(content))


# --- bytes ------------------------------------------------------------------------------------------------------------

WHERE = st.floats(0, 1, exclude_max=True)
SPOTS = st.tuples(
    st.sampled_from(["cut", "flip", "insert", "drop", "twice"]), WHERE, st.integers(1, 40), st.binary(max_size=6)
)


def mutated(content, changes):
    for what, at, size, added in changes:
        start = int(at * len(content))
        part = content[start : start + size]
        if what == "cut":
            content = content[:start]
        elif what == "flip":
            content = content[:start] + bytes(byte ^ (size or 1) for byte in part[:1]) + content[start + 1 :]
        elif what == "insert":
            content = content[:start] + added + content[start:]
        elif what == "drop":
            content = content[:start] + content[start + size :]
        else:
            content = content[:start] + part + content[start:]
    return content


@fuzzed(50)
@given(st.lists(SPOTS, min_size=1, max_size=3))
def test_a_csv_with_broken_bytes_is_refused_or_lands_what_it_says(changes):
    of_csv(mutated(csv_bytes(LINES), changes))


@fuzzed(40)
@given(st.lists(SPOTS, min_size=1, max_size=3))
def test_a_gzip_file_with_broken_bytes_is_refused_or_lands_what_it_says(changes):
    content = mutated(gzip.compress(csv_bytes(LINES), mtime=0), changes)

    def write(folder):
        cur2_csv(folder, [line()])
        (folder / CHUNK).write_bytes(content)

    require_truth_or_refusal(write, lambda _: told_by_csv(gzip.decompress(content)))


@fuzzed(40)
@given(
    st.lists(st.tuples(st.sampled_from(["drop", "twice", "cut", "swap"]), st.integers(0, 8)), min_size=1, max_size=4)
)
def test_a_csv_with_lines_dropped_doubled_or_cut_is_refused_or_lands_what_it_says(changes):
    lines = csv_bytes(LINES).split(b"\n")
    for what, number in changes:
        at = number % len(lines)
        if what == "drop" and len(lines) > 1:
            del lines[at]
        elif what == "twice":
            lines.insert(at, lines[at])
        elif what == "cut":
            lines[at] = lines[at][: len(lines[at]) // 2]
        else:
            lines[at], lines[at - 1] = lines[at - 1], lines[at]
    of_csv(b"\n".join(lines))


@pytest.mark.parametrize("form", ["cur2", "legacy"])
def test_parquet_with_broken_bytes_is_refused_or_lands_what_it_says(form):
    @fuzzed(50)
    @given(st.lists(SPOTS, min_size=1, max_size=2))
    def hold(changes):
        def write(folder):
            place = cur2_parquet(folder, LINES) if form == "cur2" else legacy_parquet(folder, [legacy_line()] * 5)
            (path,) = place.glob("*.parquet")
            path.write_bytes(mutated(path.read_bytes(), changes))

        require_truth_or_refusal(write, told_by_parquet)

    hold()


def told_by_parquet(folder):
    (path,) = folder.rglob("*.parquet")
    rows = pq.read_table(path, columns=[PAYER, COST], partitioning=None).to_pylist()
    return told([{PAYER: row[PAYER], COST: repr(row[COST] or 0.0)} for row in rows])


@fuzzed(40)
@given(st.lists(SPOTS, min_size=1, max_size=3))
def test_a_manifest_with_broken_bytes_is_refused_or_names_the_whole_bill(changes):
    def write(folder):
        cur2_csv(folder, LINES)
        (path,) = folder.rglob("*-Manifest.json")
        path.write_bytes(mutated(path.read_bytes(), changes))

    require_truth_or_refusal(write, lambda _: told_by_csv(csv_bytes(LINES)))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@fuzzed(25)
@given(st.sampled_from(["dataFiles", "executionId", "columns", "billingPeriod"]), JSON | st.lists(st.text(max_size=30)))
@example("columns", [{"name": None}])
@example("dataFiles", ["s3://b/daily/data/BILLING_PERIOD=2026-04/\x00"])
def test_a_manifest_with_odd_values_is_refused_or_names_the_whole_bill(key, value):
    def write(folder):
        cur2_csv(folder, LINES)
        (path,) = folder.rglob("*-Manifest.json")
        path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))

    require_truth_or_refusal(write, lambda _: told_by_csv(csv_bytes(LINES)))


# --- cells and columns ------------------------------------------------------------------------------------------------

NUMBERS = [
    "", " ", "0", "-0", "+5", " 7 ", "1.", ".5", "1e3", "1E+3", "-1.5e-3", "1e-11", "0.00000000005",
    "1e400", "1e27", "1e28", "99999999999999999999999999999.9",
    "100000000.0000000001",
    "123456789012345678.0123456789", "1,5", "1.000,50", "$5", "5%",
    "(5.00)", "1_000", "1 000", "0x1F", "nan", "NaN", "inf", "-Infinity", "NULL", "null", "true", "--1", "1-", "1e",
    "e1", "\u0661\u0662", "\uff11", "\u2212" + "1", "1\u00a0000", "00012.50", "1.23.4", "9" * 400, "\x00", "1\n", "\t1",
    # DuckDB rounds these up to 0.0000000001.
    "5e-12", "-9.9E-15", "5e-324",
]  # fmt: skip
MOMENTS = [
    "", "2026-04-03", "2026-04-03 00:00:00", "2026-04-03T00:00:00+02:00", "2026-04-31T00:00:00Z", "03/04/2026",
    "infinity", "epoch", "1712102400", "0000-00-00", "9999-12-31T23:59:59Z", "294247-01-01", "-infinity",
    "2026-04-03T24:00:00Z", "now", "2026-03-31T23:59:59.999Z", "2026-04-01T01:00:00+02:00", "2026-04", "2026-W14-5",
    "April 3, 2026",
]  # fmt: skip
MAPS = [
    "", "{}", "[]", "null", '"x"', "{", '{"a":1}', '{"a":"b","a":"c"}', '{"a":null}', '{"a":{"b":[1,2]}}', "{'a':'b'}",
    "{}x", '{"a":"\\u0000"}', '{"":""}', '{"a":"' + "x" * 5000 + '"}', "\ufeff{}", '{"\\ud800":"x"}',
]  # fmt: skip
TEXTS = [
    "",
    "NULL",
    '"',
    '""',
    ",",
    "\n",
    "\r",
    "\r\n",
    "\x00",
    "\ufeff",
    "'",
    ";",
    "\\",
    "a\\",
    '\\"',
    "x" * 70_000,
    "\U0001f4b8",
]
ODD = {
    COST: NUMBERS,
    "line_item_usage_amount": NUMBERS,
    "line_item_usage_start_date": MOMENTS,
    "bill_billing_period_start_date": MOMENTS,
    "resource_tags": MAPS,
    PAYER: ["", "8.36E+11", "123456789012", " 099887766554", "99887766554", "\u0661" * 12, "099887766554\n"],
    "line_item_currency_code": ["", "EUR", "usd", "$"],
    "line_item_line_item_type": ["", "Usage ", "NewKind", "Tax"],
    "identity_time_interval": ["", "/", "x/y", "2026-04-03T00:00:00Z/9999-99-99"],
}
CELLS = st.sampled_from(list(LINES[0])).flatmap(
    lambda column: st.tuples(
        st.integers(0, len(LINES) - 1),
        st.just(column),
        st.sampled_from(ODD.get(column, TEXTS)) | st.sampled_from(TEXTS) | st.text(max_size=12),
    )
)


def with_cells(cells):
    rows = [dict(one) for one in LINES]
    for number, column, value in cells:
        rows[number][column] = value
    return csv_bytes(rows)


@fuzzed(80)
@given(st.lists(CELLS, min_size=1, max_size=2))
@example([(0, COST, "5.0E-12"), (1, COST, "-9.9E-15")])
def test_a_bill_with_odd_cells_is_refused_or_lands_what_it_says(cells):
    of_csv(with_cells(cells))


@pytest.mark.parametrize("value", NUMBERS)
def test_a_cost_in_odd_notation_is_refused_or_lands_as_written(value):
    of_csv(with_cells([(0, COST, value)]))


COLUMNS = st.tuples(
    st.sampled_from(["rename", "twice", "extra", "drop", "upper", "blank", "swap", "reverse"]),
    st.integers(0, 14),
    st.sampled_from([*TEXTS[:-2], "Line_Item_Unblended_Cost", "a b", "x.y", "delivery_id", "source_file", "row", "#2"]),
)


@fuzzed(45)
@given(st.lists(COLUMNS, min_size=1, max_size=3))
@example([("extra", 0, "delivery_id")])
@example([("extra", 0, "source_file")])
def test_a_bill_with_odd_columns_is_refused_or_lands_what_it_says(changes):
    names, *rows = [[*row] for row in csv.reader(io.StringIO(csv_bytes(LINES).decode(), newline=""))]
    for what, number, text in changes:
        at = number % len(names)
        table = [names, *rows]
        if what in ("rename", "upper", "blank"):
            names[at] = {"rename": text, "upper": names[at].upper(), "blank": ""}[what]
        elif what == "swap":
            names[at], names[at - 1] = names[at - 1], names[at]
        elif what == "drop" and len(names) > 1:
            for row in table:
                del row[at]
        elif what == "reverse":
            for row in table:
                row.reverse()
        else:
            for row in table:
                row.insert(at, row[at] if what == "twice" else text)
    content = io.StringIO(newline="")
    csv.writer(content, lineterminator="\n").writerows([names, *rows])
    of_csv(content.getvalue().encode())
