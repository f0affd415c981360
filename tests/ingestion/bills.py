"""Writes tiny bills as AWS would lay them out: CUR 2.0 exports with manifests, legacy Parquet month folders."""

import gzip
import io
import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

PAYER = "099887766554"
MEMBER = "011254002932"

_MAPS = ("resource_tags", "cost_category", "product", "tags", "discount")


def line(**changes):
    """One CUR 2.0 line as csv text; a test states only what matters to it. None is nothing between two commas."""
    return {
        "identity_line_item_id": "abc123",
        "identity_time_interval": "2026-04-03T00:00:00Z/2026-04-04T00:00:00Z",
        "bill_payer_account_id": PAYER,
        "bill_billing_period_start_date": "2026-04-01T00:00:00.000Z",
        "bill_billing_period_end_date": "2026-05-01T00:00:00.000Z",
        "line_item_usage_account_id": MEMBER,
        "line_item_line_item_type": "Usage",
        "line_item_product_code": "AmazonEC2",
        "line_item_currency_code": "USD",
        "line_item_usage_start_date": "2026-04-03T00:00:00.000Z",
        "line_item_usage_end_date": "2026-04-04T00:00:00.000Z",
        "line_item_usage_amount": "24.0",
        "line_item_unblended_rate": "0.0416666667",
        "line_item_unblended_cost": "1.0",
        "resource_tags": "{}",
        **changes,
    }


def csv_bytes(lines, header=None):
    """Lines as csv: quoted blank text for '', nothing for None, as AWS writes both."""
    names = header or list(lines[0])
    rows = [",".join(names)] + [",".join(_field(one.get(name)) for name in names) for one in lines]
    return ("\n".join(rows) + "\n").encode()


def _field(value):
    if value is None:
        return ""
    return value if value and not set(value) & set(',"\n') else '"' + value.replace('"', '""') + '"'


def manifest(folder, export, uris, *, period="2026-04", partition="BILLING_PERIOD", execution="", columns=()):
    path = Path(folder) / export / "metadata" / f"{partition}={period}" / f"{export}-Manifest.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    content = {"executionId": execution or f"exec-{export}-{period}", "dataFiles": uris}
    if columns:
        content["columns"] = [{"name": name, "type": "string"} for name in columns]
    path.write_text(json.dumps(content))
    return path


def cur2_csv(folder, *chunks, export="daily", period="2026-04", version="", partition="BILLING_PERIOD", header=None):
    """A CUR 2.0 export of csv.gz chunks, each a list of lines. With `version`, AWS's "create new version" layout."""
    names = header or list(next(chunk for chunk in chunks if chunk)[0])
    return _export(
        folder,
        [(f"{export}-{i:05d}.csv.gz", packed(csv_bytes(chunk, names), "gz")) for i, chunk in enumerate(chunks, 1)],
        export=export,
        period=period,
        version=version,
        partition=partition,
        columns=names,
    )


def cur2_parquet(folder, *chunks, export="daily", period="2026-04", version=""):
    """The same export as Parquet, with MAP columns and doubles."""
    files = [(f"{export}-{i:05d}.snappy.parquet", cur2_parquet_bytes(chunk)) for i, chunk in enumerate(chunks, 1)]
    return _export(folder, files, export=export, period=period, version=version, columns=list(chunks[0][0]))


def _export(folder, files, *, export, period, columns, version="", partition="BILLING_PERIOD"):
    inner = f"data/{partition}={period}/" + (f"2026-04-16T15:24:15.653Z-{version}/" if version else "")
    uris = []
    for name, content in files:
        path = Path(folder) / export / inner / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        uris.append(f"s3://some-bucket/some/prefix/{export}/{inner}{name}")
    manifest(folder, export, uris, period=period, partition=partition, execution=version, columns=columns)
    return Path(folder) / export / inner


def cur2_parquet_bytes(lines):
    columns = {}
    for name in lines[0]:
        values = [one.get(name) for one in lines]
        if name in _MAPS:
            kind = pa.map_(pa.string(), pa.float64() if name == "discount" else pa.string())
            columns[name] = pa.array([list(json.loads(value).items()) for value in values], kind)
        elif name.endswith("_date"):
            columns[name] = pa.array([_moment(value) for value in values], pa.timestamp("ms", tz="UTC"))
        elif name.endswith(("_cost", "_amount")):
            columns[name] = pa.array([None if value is None else float(value) for value in values], pa.float64())
        else:
            columns[name] = pa.array(values, pa.string())
    return _parquet(columns)


def legacy_line(**changes):
    """One legacy line: no nulls, tags as columns of their own."""
    base = line(
        bill_billing_period_start_date="2018-10-01T00:00:00Z", bill_billing_period_end_date="2018-11-01T00:00:00Z"
    )
    base |= {
        "identity_time_interval": "2018-10-03T00:00:00Z/2018-10-03T01:00:00Z",
        "line_item_usage_start_date": "2018-10-03T00:00:00Z",
        "line_item_usage_end_date": "2018-10-03T01:00:00Z",
        "reservation_effective_cost": "0.0",
        "bill_invoice_id": "",
    }
    del base["resource_tags"]
    return {**base, **changes}


def legacy_parquet(folder, *chunks, report="hourly", year=2018, month=10):
    """A legacy report's month folder of Parquet files."""
    place = Path(folder) / report / report / f"year={year}" / f"month={month}"
    place.mkdir(parents=True, exist_ok=True)
    for i, chunk in enumerate(chunks, 1):
        (place / f"{report}-{i:05d}.snappy.parquet").write_bytes(cur2_parquet_bytes(chunk))
    return place


def legacy_csv(
    folder,
    *chunks,
    report="monthly",
    days="20181001-20181101",
    version="",
    ending="csv.gz",
    prefix="some/prefix/",
    **told,
):
    """A legacy report as csv with its manifest: in the folder of the month, or with `version` in one below it."""
    place = Path(folder) / report / days
    inner = f"{days}/" + (f"{version}/" if version else "")
    names = []
    for i, chunk in enumerate(chunks, 1):
        path = Path(folder) / report / inner / f"{report}-{i}.{ending}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(packed(csv_bytes(chunk), ending))
        names.append(f"{prefix}{report}/{inner}{path.name}")
    legacy_manifest(place, report, names, assemblyId=version or f"assembly-{report}", **told)
    return place


def legacy_manifest(place, report, names, **told):
    place.mkdir(parents=True, exist_ok=True)
    month = {"start": "20181001T000000.000Z", "end": "20181101T000000.000Z"}
    content = {"reportKeys": names, "billingPeriod": month, "reportName": report, **told}
    (place / f"{report}-Manifest.json").write_text(json.dumps(content))


def focus_line(**changes):
    """One FOCUS 1.2 charge as csv text: a day of usage that no commitment paid. None is nothing between two commas."""
    return {
        "BilledCost": "1.0",
        "BillingAccountId": PAYER,
        "BillingCurrency": "USD",
        "BillingPeriodEnd": "2026-05-01T00:00:00.000Z",
        "BillingPeriodStart": "2026-04-01T00:00:00.000Z",
        "ChargeCategory": "Usage",
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodEnd": "2026-04-04T00:00:00.000Z",
        "ChargePeriodStart": "2026-04-03T00:00:00.000Z",
        "ContractedCost": "1.0",
        "EffectiveCost": "1.0",
        "InvoiceId": None,
        "ListCost": "1.0",
        "ProviderName": "AWS",
        "ServiceName": "Amazon Elastic Compute Cloud",
        "SubAccountId": MEMBER,
        "Tags": "{}",
        **changes,
    }


def focus_csv(folder, *chunks, export="focus", period="2026-04", version="", partition="billing_period", header=None):
    """A FOCUS export of csv.gz chunks, each a list of charges."""
    return cur2_csv(folder, *chunks, export=export, period=period, version=version, partition=partition, header=header)


def focus_parquet(folder, *chunks, export="focus", period="2026-04", version=""):
    """The same export as Parquet, with doubles, timestamps and MAP columns."""
    files = [(f"{export}-{i:05d}.snappy.parquet", focus_parquet_bytes(chunk)) for i, chunk in enumerate(chunks, 1)]
    names = list(chunks[0][0])
    return _export(
        folder, files, export=export, period=period, version=version, partition="billing_period", columns=names
    )


def focus_parquet_bytes(lines):
    columns = {}
    for name in lines[0]:
        values = [one.get(name) for one in lines]
        if name in ("Tags", "x_Discounts", "SkuPriceDetails"):
            kind = pa.map_(pa.string(), pa.float64() if name == "x_Discounts" else pa.string())
            columns[name] = pa.array([value and list(json.loads(value).items()) for value in values], kind)
        elif name.endswith(("Start", "End")):
            columns[name] = pa.array([_moment(value) for value in values], pa.timestamp("ms", tz="UTC"))
        elif name.endswith(("Cost", "Quantity", "UnitPrice")):
            columns[name] = pa.array([None if value is None else float(value) for value in values], pa.float64())
        else:
            columns[name] = pa.array(values, pa.string())
    return _parquet(columns)


def packed(content, ending):
    """Bytes compressed as the ending of their file's name says."""
    if ending.endswith("gz"):
        # Without the time of day in its header: the same bill twice is the same bytes.
        return gzip.compress(content, mtime=0)
    if not ending.endswith("zip"):
        return content
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("report.csv", content)
    return out.getvalue()


def slashed(one):
    """A legacy line under the headers of the csv: lineItem/UnblendedCost. Names that have a slash stay as they are."""
    groups = ("identity", "bill", "line_item", "reservation", "savings_plan", "pricing", "product")
    headers = {}
    for name, value in one.items():
        group = next((group for group in groups if name.startswith(f"{group}_")), "")
        words = [word.capitalize() for word in name.removeprefix(f"{group}_").split("_")]
        first, *rest = group.split("_")
        headers[f"{first}{''.join(word.capitalize() for word in rest)}/{''.join(words)}" if group else name] = value
    return headers


def _moment(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def _parquet(columns):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()
