"""Athena's API: what moto's Athena answers is replaced by what a real one would."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.local_aws import gate, render
from tests.support.local_aws.errors import MalformedQueryError
from tests.support.local_aws.executions import Execution, Executions
from tests.support.local_aws.metadata import Answer, Metadata, problem
from tests.support.local_aws.types import Type

MOST_ROWS = 1000


def _bound(method: Any) -> Any:
    """A function, which a class makes a method of: moto calls it with its response."""

    def answer(response: Any) -> Answer:
        return method(response)

    return answer


def methods(executions: Executions) -> dict[str, Any]:
    """AthenaResponse's methods by name. Each is called with moto's response object."""
    found: dict[str, Any] = {}
    for api in (Api(executions), Metadata(executions.engine.glue)):
        names = [name for name in dir(api) if not name.startswith("_") and callable(getattr(api, name))]
        found.update({name: _bound(getattr(api, name)) for name in names})
    return found


class Api:
    def __init__(self, executions: Executions):
        self.executions = executions

    # Statements

    def start_query_execution(self, response: Any) -> Answer:
        sql, ask = response._get_param("QueryString"), response._get_param
        name = ask("WorkGroup") or "primary"
        group = response.athena_backend.work_groups.get(name)
        if group is None:
            return problem("InvalidRequestException", f"WorkGroup {name} is not found.")
        settings = group.configuration
        output = (settings.get("ResultConfiguration") or {}).get("OutputLocation") or ""
        asked = (ask("ResultConfiguration") or {}).get("OutputLocation") or ""
        if asked and not (settings.get("EnforceWorkGroupConfiguration") and output):
            output = asked
        if not output and not settings.get("ManagedQueryResultsConfiguration"):
            return problem(
                "InvalidRequestException",
                "No output location provided. An output location is required either through the Workgroup result "
                "configuration setting or as an API input.",
            )
        try:
            sql, parameters = self._prepared(response, sql, name)
            gate.grammar(sql)
        except MalformedQueryError as error:
            return problem("InvalidRequestException", str(error), AthenaErrorCode="MALFORMED_QUERY")
        context = ask("QueryExecutionContext") or {}
        database = (context.get("Database") or "default").strip('`"').lower()
        started = self.executions.start(
            sql, database, output, parameters or ask("ExecutionParameters") or [], name,
            {"context": context, "configuration": dict(settings), "query": ask("QueryString")},
        )  # fmt: skip
        return json.dumps({"QueryExecutionId": started.request.id})

    def _prepared(self, response: Any, sql: str, group: str) -> tuple[str, list[str]]:
        """EXECUTE name USING …: the prepared statement itself and its parameters."""
        found = re.match(r"(?is)^\s*execute\s+\"?(\w+)\"?(?:\s+using\s+(.*))?$", sql)
        if found is None:
            return sql, []
        kept = response.athena_backend.prepared_statements.get(found[1])
        if kept is None or kept.workgroup != group:
            raise MalformedQueryError(f"PreparedStatement {found[1]} was not found in workGroup {group}")
        from tests.support.local_aws.grammar import query

        values = [one.sql("trino") for one in query(f"select {found[2]}").expressions] if found[2] else []
        return kept.query_statement, values

    def _find(self, response: Any) -> Execution | None:
        return self.executions.known.get(response._get_param("QueryExecutionId") or "")

    def get_query_execution(self, response: Any) -> Answer:
        found = self._find(response)
        if found is None:
            id = response._get_param("QueryExecutionId")
            return problem("InvalidRequestException", f"QueryExecution {id} was not found")
        return json.dumps({"QueryExecution": told(found)})

    def batch_get_query_execution(self, response: Any) -> Answer:
        ids = response._get_param("QueryExecutionIds") or []
        known = self.executions.known
        missing = [{"QueryExecutionId": id, "ErrorCode": "INVALID_QUERY_EXECUTION_ID"} for id in ids if id not in known]
        return json.dumps(
            {
                "QueryExecutions": [told(known[id]) for id in ids if id in known],
                "UnprocessedQueryExecutionIds": missing,
            }
        )

    def list_query_executions(self, response: Any) -> Answer:
        name = response._get_param("WorkGroup") or "primary"
        ids = [id for id, one in self.executions.known.items() if one.work_group == name]
        return json.dumps({"QueryExecutionIds": ids[::-1][:50]})

    def stop_query_execution(self, response: Any) -> Answer:
        if self._find(response) is None:
            return problem("InvalidRequestException", "QueryExecution was not found")
        self.executions.stop(response._get_param("QueryExecutionId"))
        return json.dumps({})

    def get_query_runtime_statistics(self, response: Any) -> Answer:
        found = self._find(response)
        if found is None:
            return problem("InvalidRequestException", "QueryExecution was not found")
        rows = {"InputBytes": found.scanned_bytes, "OutputRows": len(found.cells)}
        return json.dumps({"QueryRuntimeStatistics": {"Timeline": statistics(found), "Rows": rows}})

    def get_query_results(self, response: Any) -> Answer:
        found = self._find(response)
        if found is None:
            return problem("InvalidRequestException", "QueryExecution was not found")
        if found.state != "SUCCEEDED" or found.outcome is None:
            state = (
                "Query has not yet finished"
                if found.state in ("QUEUED", "RUNNING")
                else "Query did not finish successfully"
            )
            return problem("InvalidRequestException", f"{state}. Final query state: {found.state}")
        size = int(response._get_param("MaxResults") or MOST_ROWS)
        if not 1 <= size <= MOST_ROWS:
            return problem("InvalidRequestException", f"MaxResults is more than maximum allowed length {MOST_ROWS}")
        columns = found.outcome.columns
        cells: list[list[str | None]] = list(found.cells)
        if found.outcome.kind == "DML" and columns:
            cells = [[column.label for column in columns], *cells]
        at = int(response._get_param("NextToken") or 0)
        if found.outcome.kind == "UTILITY":
            # Hive's answers come as one text, with tabs between their cells.
            cells = [["\t".join(cell or "" for cell in row)] for row in cells]
        page = [
            {"Data": [{} if cell is None else {"VarCharValue": cell} for cell in row]} for row in cells[at : at + size]
        ]
        answer: dict[str, Any] = {
            "ResultSet": {"Rows": page, "ResultSetMetadata": {"ColumnInfo": [_info(c.label, c.type) for c in columns]}},
            "UpdateCount": found.outcome.count or 0,
        }
        if at + size < len(cells):
            answer["NextToken"] = str(at + size)
        return json.dumps(answer)


def told(one: Execution) -> dict[str, Any]:
    """QueryExecution."""
    status: dict[str, Any] = {"State": one.state, "SubmissionDateTime": one.submitted.timestamp()}
    if one.completed is not None:
        status["CompletionDateTime"] = one.completed.timestamp()
    if one.reason:
        status["StateChangeReason"] = one.reason
        status["AthenaError"] = {
            "ErrorCategory": one.category,
            "ErrorType": one.error_type,
            "Retryable": False,
            "ErrorMessage": one.reason,
        }
    outcome = one.outcome
    kind, sub = (outcome.kind, outcome.sub) if outcome is not None else gate.kind_of(one.request.sql)
    return {
        "QueryExecutionId": one.request.id,
        "Query": one.given["query"],
        "StatementType": kind,
        "SubstatementType": sub,
        "ResultConfiguration": {"OutputLocation": one.result or f"{one.request.output}{one.request.id}.csv"},
        "QueryExecutionContext": {"Catalog": "awsdatacatalog", **one.given["context"]},
        "Status": status,
        "Statistics": statistics(one),
        "WorkGroup": one.work_group,
        "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"},
        "ExecutionParameters": one.request.parameters,
    }


def statistics(one: Execution) -> dict[str, Any]:
    found: dict[str, Any] = {
        "EngineExecutionTimeInMillis": one.milliseconds,
        "DataScannedInBytes": one.scanned_bytes,
        "TotalExecutionTimeInMillis": one.milliseconds + 2,
        "QueryQueueTimeInMillis": 1,
        "QueryPlanningTimeInMillis": 0,
        "ServicePreProcessingTimeInMillis": 0,
        "ServiceProcessingTimeInMillis": 1,
        "ResultReuseInformation": {"ReusedPreviousResult": False},
    }
    return {**found, "DataManifestLocation": one.manifest} if one.manifest else found


def _info(name: str, kind: Type) -> dict[str, Any]:
    precision, scale = {"varchar": (2147483647, 0), "integer": (10, 0), "bigint": (19, 0), "double": (17, 0)}.get(
        kind.name, (0, 0)
    )
    if kind.name == "decimal":
        precision, scale = kind.args
    return {
        "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name,
        "Type": render.type_name(kind), "Precision": precision, "Scale": scale, "Nullable": "UNKNOWN",
        "CaseSensitive": kind.is_text,
    }  # fmt: skip
