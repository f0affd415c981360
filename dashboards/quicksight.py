"""The panels as a dashboard of QuickSight, and the data sets it reads: files for Terraform's module `quicksight`.

Pure but for the command at the end. What a panel reads, sums and groups by is the page's own list; QuickSight draws it
without the page's words. Written after AWS's model of CreateDashboard, which tests hold it against; never rendered.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from dashboards.panels import PANELS, Kind, Panel, columns_of

Types = Mapping[str, Mapping[str, str]]
Json = dict[str, Any]

# A column that every data set has beside its own: the month, but for the newest one, which a reader wants first.
MONTH, NEWEST = "month", "newest"
SHEET = "costs"

# QuickSight's grid has 36 columns.
_SIZES = {Kind.TILE: (9, 4), Kind.CHART: (18, 9), Kind.LIST: (36, 9)}
# A table that one can read; and CloudFormation takes 51,200 bytes of all.
_MOST_COLUMNS = 8
# What a chart stacks where it is not its measure alone.
_PARTS = {
    "teams": ("direct_cost", "shared_cost", "unallocated_cost"),
    "coverage": ("plan_covered_list_cost", "reservation_covered_list_cost", "on_demand_list_cost"),
}
# Charts over time show every month or day.
_OVER_TIME = ("daily", "months", "units", "history")
# Rows that a data set has: what adds up, each resource once, as on the page.
_RANK = (
    "row_number() over (partition by billing_period, billing_account_id, sub_account_id, region_id, resource_id "
    "order by {} desc nulls last)"
)
_WHERE = {
    "savings": "is_counted",
    "cost_forecasts": "horizon = 'month' and scope = 'payer' and measure = 'effective_cost'",
    "reconciliation": "invoice_id = 'all'",
    # Every dimension is the whole bill: only rows of one may be added up.
    "cost_breakdowns": "dimension = 'usage_type'",
}
_BEST = {"idle_resources": "monthly_cost", "rightsizing_recommendations": "monthly_savings_cost"}
_KINDS = {"varchar": "STRING", "boolean": "STRING", "date": "DATETIME", "timestamp": "DATETIME", "bigint": "INTEGER"}


def marts() -> tuple[str, ...]:
    """Every mart that a panel reads, in the order in which panels first do."""
    return tuple(dict.fromkeys(panel.mart for panel in PANELS))


def data_sets(types: Types) -> Json:
    """By mart: the query of Athena, with `{database}` before each table, and its columns with QuickSight's types."""
    found = {}
    for mart in marts():
        columns = {name: types[mart][name] for name in columns_of(mart)}
        told = [{"name": name, "type": _KINDS.get(kind, "DECIMAL")} for name, kind in columns.items()]
        found[mart] = {
            "sql": _query(mart, columns),
            "columns": [*told, {"name": MONTH, "type": "STRING"}],
        }
    return found


def _query(mart: str, columns: Mapping[str, str]) -> str:
    # Of booleans QuickSight and Athena think differently; both agree on words.
    chosen = [f"cast({name} as varchar) as {name}" if kind == "boolean" else name for name, kind in columns.items()]
    chosen.append(
        f"case when billing_period = max(billing_period) over () then '{NEWEST}' else billing_period end as {MONTH}"
    )
    where = f" where {_WHERE[mart]}" if mart in _WHERE else ""
    source = f"{{database}}.{mart}{where}"
    if mart not in _BEST:
        return f"select {', '.join(chosen)} from {source}"  # noqa: S608
    chosen.append(f"{_RANK.format(_BEST[mart])} as place")
    ranked = f"select {', '.join(chosen)} from {source}"  # noqa: S608
    return f"select {', '.join([*columns, MONTH])} from ({ranked}) where place = 1"  # noqa: S608


def definition(types: Types) -> Json:
    """What CreateDashboard calls Definition; `${arn_<mart>}` and `${currency}` are filled in by Terraform."""
    return {
        "DataSetIdentifierDeclarations": [{"Identifier": mart, "DataSetArn": f"${{arn_{mart}}}"} for mart in marts()],
        "ParameterDeclarations": [_parameter("Month", NEWEST), _parameter("Currency", "${currency}")],
        "FilterGroups": [
            *(_filter(mart, MONTH, "Month", _of(mart, dated=False)) for mart in marts() if _of(mart, dated=False)),
            *(_filter(mart, "billing_currency", "Currency", _of(mart)) for mart in marts()),
        ],
        "Sheets": [
            {
                "SheetId": SHEET,
                "Name": "Cloud cost",
                "ContentType": "INTERACTIVE",
                "ParameterControls": [
                    _control("Month", "monthly_costs", MONTH),
                    _control("Currency", "monthly_costs", "billing_currency"),
                ],
                "Visuals": [_visual(panel, types[panel.mart]) for panel in PANELS],
                "Layouts": [{"Configuration": {"GridLayout": {"Elements": [_place(panel) for panel in PANELS]}}}],
            }
        ],
    }


def _of(mart: str, *, dated: bool = True) -> list[str]:
    """The visuals over a mart; those that show every month only if `dated`."""
    return [panel.id for panel in PANELS if panel.mart == mart and (dated or panel.id not in _OVER_TIME)]


def _parameter(name: str, value: str) -> Json:
    declared = {"ParameterValueType": "SINGLE_VALUED", "Name": name, "DefaultValues": {"StaticValues": [value]}}
    return {"StringParameterDeclaration": declared}


def _control(name: str, mart: str, column: str) -> Json:
    values = {"LinkToDataSetColumn": _column(mart, column)}
    control = {"ParameterControlId": f"control-{name}", "Title": name, "SourceParameterName": name}
    return {"Dropdown": {**control, "Type": "SINGLE_SELECT", "SelectableValues": values}}


def _filter(mart: str, column: str, parameter: str, visuals: Sequence[str]) -> Json:
    matched = {"MatchOperator": "EQUALS", "ParameterName": parameter, "NullOption": "NON_NULLS_ONLY"}
    scope = {"SheetId": SHEET, "Scope": "SELECTED_VISUALS", "VisualIds": list(visuals)}
    return {
        "FilterGroupId": f"{mart}-{column}",
        "CrossDataset": "SINGLE_DATASET",
        "Status": "ENABLED",
        "ScopeConfiguration": {"SelectedSheets": {"SheetVisualScopingConfigurations": [scope]}},
        "Filters": [
            {
                "CategoryFilter": {
                    "FilterId": f"filter-{mart}-{column}",
                    "Column": _column(mart, column),
                    "Configuration": {"CustomFilterConfiguration": matched},
                }
            }
        ],
    }


def _visual(panel: Panel, types: Mapping[str, str]) -> Json:
    draw = {Kind.TILE: _figure, Kind.CHART: _chart, Kind.LIST: _table}[panel.kind]
    kind, configuration = draw(panel, types)
    title = {"Visibility": "VISIBLE", "FormatText": {"PlainText": panel.title}}
    return {kind: {"VisualId": panel.id, "Title": title, "ChartConfiguration": configuration}}


def _figure(panel: Panel, types: Mapping[str, str]) -> tuple[str, Json]:
    # A share and a difference have no sum: the largest is told.
    how = "MAX" if panel.measure in ("used_pct", "difference_micros") else "SUM"
    return "KPIVisual", {"FieldWells": {"Values": [_measure(panel, panel.measure, how)]}}


def _chart(panel: Panel, types: Mapping[str, str]) -> tuple[str, Json]:
    wells: Json = {"Values": [_measure(panel, name) for name in _PARTS.get(panel.id, (panel.measure,))]}
    if panel.id == "units":
        wells |= {
            "Category": [_dimension(panel, "billing_period", types)],
            "Colors": [_dimension(panel, panel.by, types)],
        }
        return "LineChartVisual", {"FieldWells": {"LineChartAggregatedFieldWells": wells}, "Type": "LINE"}
    if panel.id == "daily":
        wells |= {"Category": [_dimension(panel, "charged_on", types)], "Colors": [_dimension(panel, panel.by, types)]}
    else:
        wells["Category"] = [_dimension(panel, panel.by, types)]
    return "BarChartVisual", {
        "FieldWells": {"BarChartAggregatedFieldWells": wells},
        "Orientation": "VERTICAL" if panel.id in _OVER_TIME else "HORIZONTAL",
        "BarsArrangement": "STACKED",
    }


def _table(panel: Panel, types: Mapping[str, str]) -> tuple[str, Json]:
    hidden = ("billing_period", "billing_account_id", "billing_currency", "is_latest_period", "sub_account_id")
    columns = [panel.measure, *(name for name in panel.columns if name not in (*hidden, panel.measure))]
    fields = [{"FieldId": f"{panel.id}-{at}", "Column": _column(panel.mart, name)} for at, name in enumerate(columns)]
    order = {"FieldSort": {"FieldId": fields[0]["FieldId"], "Direction": "DESC"}}
    return "TableVisual", {
        "FieldWells": {"TableUnaggregatedFieldWells": {"Values": fields[:_MOST_COLUMNS]}},
        "SortConfiguration": {"RowSort": [order]},
    }


def _measure(panel: Panel, column: str, how: str = "SUM") -> Json:
    summed = {"SimpleNumericalAggregation": how}
    field = {"FieldId": f"{panel.id}-{column}", "Column": _column(panel.mart, column), "AggregationFunction": summed}
    return {"NumericalMeasureField": field}


def _dimension(panel: Panel, column: str, types: Mapping[str, str]) -> Json:
    field = {"FieldId": f"{panel.id}-by-{column}", "Column": _column(panel.mart, column)}
    if types[column] == "date":
        return {"DateDimensionField": {**field, "DateGranularity": "DAY"}}
    return {"CategoricalDimensionField": field}


def _column(mart: str, column: str) -> Json:
    return {"DataSetIdentifier": mart, "ColumnName": column}


def _place(panel: Panel) -> Json:
    columns, rows = _SIZES[panel.kind]
    return {"ElementId": panel.id, "ElementType": "VISUAL", "ColumnSpan": columns, "RowSpan": rows}


def files(types: Types) -> dict[str, str]:
    """The files of Terraform's module by name, each with a line's end."""
    written = {"datasets.json": data_sets(types), "definition.json": definition(types)}
    return {name: json.dumps(content, indent=1) + "\n" for name, content in written.items()}


def contracts(folder: Path) -> Types:
    """The columns' types of every mart, of the contracts in a folder of dbt's models."""
    import yaml

    found = {}
    for path in sorted(folder.glob("*/*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", ()):
            columns = model.get("columns", ())
            found[model["name"]] = {
                one["name"]: one["data_type"].partition("(")[0] for one in columns if "data_type" in one
            }
    return found


if __name__ == "__main__":
    ROOT = Path(__file__).parents[1]
    for _name, _text in files(contracts(ROOT / "dbt_project" / "models" / "marts")).items():
        (ROOT / "terraform" / "modules" / "quicksight" / _name).write_text(_text, encoding="utf-8")
