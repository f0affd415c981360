"""The two reports as tables: a row per finding, for a terminal, a spreadsheet or a script."""

from __future__ import annotations

from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from dashboards.live.facts import Known, Resource, read_known
from dashboards.live.finding import days_since
from dashboards.live.prices import monthly_cost
from dashboards.live.rightsizing import Recommendation, recommendations
from dashboards.live.unused import unused
from lake.output import Cell, Output
from lake.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

UNUSED, RIGHTSIZING = "unused-resources", "rightsizing"

_PLACE = ("account_id", "region_id", "resource_type", "resource_id", "resource_name")
_SHOWN = {
    UNUSED: (
        *("region_id", "resource_id", "type", "reason", "days", "confidence", "blockers"),
        *("monthly_list_cost", "billing_currency"),
    ),
    RIGHTSIZING: (
        *("region_id", "resource_id", "type", "recommended_type", "reason", "confidence", "blockers"),
        *("monthly_savings_list_cost", "billing_currency"),
    ),
}
_OWNER_TAGS = ("owner", "team", "costcenter", "cost_center", "project")
_OLD_AFTER = 2


def rows_of(ws: Workspace, name: str) -> tuple[pa.Table, Known]:
    """The rows of a report, and the facts behind it. Raises LakeError when nothing was collected."""
    today = ws.now.astimezone(UTC).date()
    known = read_known(ws.store, today)
    return (_unused(known, today) if name == UNUSED else _rightsizing(known, today)), known


def _unused(known: Known, today: date) -> pa.Table:
    import pyarrow as pa

    rows = [
        _facts(one.resource)
        | {
            "rule_id": one.rule_id,
            "reason": one.reason,
            "evidence": one.evidence,
            "confidence": one.confidence,
            "since": one.since,
            "days": days_since(one.since, today) if one.since else None,
            "blockers": ", ".join(one.blockers),
        }
        | _costs(known, one.resource)
        for one in unused(known, today)
    ]
    own = [(name, pa.string()) for name in ("rule_id", "reason", "evidence", "confidence")]
    fields = [*_fields(), *own, ("since", pa.date32()), ("days", pa.int64()), *_cost_fields()]
    order = {"high": 0, "medium": 1, "low": 2}
    rows.sort(key=lambda row: (order[row["confidence"]], -(row["monthly_list_cost"] or 0), row["resource_id"]))
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _rightsizing(known: Known, today: date) -> pa.Table:
    import pyarrow as pa

    numbers = ("cpu_p99_5_pct", "cpu_max_pct", "memory_p99_5_pct", "day_count")
    rows = [
        _facts(one.resource)
        | {name: getattr(one, name) for name in ("recommended_type", "rule_id", "reason", "confidence", *numbers)}
        | {"blockers": ", ".join(one.blockers)}
        | _costs(known, one.resource)
        | {"monthly_savings_list_cost": _saved(known, one)}
        for one in recommendations(known, today)
    ]
    own = [(name, pa.string()) for name in ("recommended_type", "rule_id", "reason", "confidence")]
    measured = [(name, pa.float64()) for name in numbers[:3]]
    saved = ("monthly_savings_list_cost", pa.decimal128(38, 10))
    fields = [*_fields(), *own, *measured, ("day_count", pa.int64()), *_cost_fields(), saved]
    rows.sort(key=lambda row: (row["confidence"], -(row["monthly_savings_list_cost"] or 0), row["resource_id"]))
    return pa.Table.from_pylist(rows, schema=pa.schema(fields))


def _facts(resource: Resource) -> dict[str, Any]:
    told = {name: resource[name] for name in (*_PLACE, "type", "size_gb", "state")}
    return told | {"owner": _owner(resource), "collected_at": resource["collected_at"]}


def _costs(known: Known, resource: Resource) -> dict[str, Any]:
    cost = monthly_cost(known, resource)
    return {"monthly_list_cost": cost and cost.amount, "billing_currency": cost and cost.currency}


def _saved(known: Known, one: Recommendation) -> Decimal | None:
    now, then = monthly_cost(known, one.resource), monthly_cost(known, one.resource, one.recommended_type)
    return now.amount - then.amount if now and then and now.currency == then.currency else None


def _cost_fields() -> list[tuple[str, pa.DataType]]:
    import pyarrow as pa

    cost = ("monthly_list_cost", pa.decimal128(38, 10))
    return [("blockers", pa.string()), cost, ("billing_currency", pa.string())]


def _owner(resource: Resource) -> str | None:
    """The first tag that names an owner, however it is written."""
    tags = {key.lower(): value for key, value in (resource["tags"] or {}).items()}
    return next(
        (tags[name] for name in ("owner", "team", "costcenter", "cost_center", "project") if name in tags), None
    )


def _fields() -> list[tuple[str, pa.DataType]]:
    import pyarrow as pa

    names = [(name, pa.string()) for name in (*_PLACE, "type")]
    return [
        *names,
        ("size_gb", pa.int64()),
        ("state", pa.string()),
        ("owner", pa.string()),
        ("collected_at", pa.timestamp("us")),
    ]


def show(out: Output, name: str, rows: pa.Table, *, top: int = 50) -> None:
    """Print a report with the columns that fit a terminal."""
    columns = _SHOWN[name]
    cells = [[_cell(row[column]) for column in columns] for row in rows.to_pylist()[:top]]
    out.table(f"{name} ({rows.num_rows:,} rows)", [column.replace("_", " ") for column in columns], cells)
    if rows.num_rows > top:
        out.say(f"The first {top} of {rows.num_rows:,}; --format csv --to FILE gives them all.")
    out.say("Costs are AWS's public prices, where `finops collect prices` was told them; what is paid is on the bill.")


def _cell(value: Any) -> Cell:
    if isinstance(value, Decimal):
        return f"{value:z,.2f}"
    return value if value is None or isinstance(value, int) else str(value)


def warn_of_gaps(ws: Workspace, known: Known) -> None:
    """Say what could not be judged: questions that failed, and answers that are old."""
    for source, answer in known.not_answered:
        ws.out.warn(
            f"{source} {answer.part} of {answer.account_id} in {answer.region_id} was not answered "
            f"({answer.status}): what is told of it is old, or missing."
        )
    told = [answer.collected_at[:10] for answer in known.answered.values()]
    if told and days_since(date.fromisoformat(max(told)), ws.now.astimezone(UTC).date()) > _OLD_AFTER:
        ws.out.warn(f"The newest inventory is of {max(told)}. Run `finops collect` for what is there now.")
    if not known.metrics:
        ws.out.warn("No metrics were collected: only what the inventory alone tells is judged.")
