"""What Athena reads for a run, and what that costs, per model of dbt.

Athena bills $5 a terabyte read in most regions,
each statement rounded up to the next megabyte and to 10 MB at least; what only changes the catalogue is free, and so
is a statement that fails (https://aws.amazon.com/athena/pricing/).
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lake.errors import LakeError
from lake.settings import Athena

MEGABYTE = 1024**2
_TERABYTE = 1024**4
_LEAST = 10 * MEGABYTE
# dbt writes the node of a statement into a comment before it.
_NODE = re.compile(r"/\* (\{.*?\}) \*/", re.DOTALL)


@dataclass(frozen=True)
class Scanned:
    """What a model, a check or a step of a run read. `bytes` as Athena counts them, `dollars` as it bills them."""

    name: str
    statements: int
    bytes: int
    dollars: Decimal


@dataclass
class Meter:
    """Counts the statements of one run. `step` names those that no model of dbt sends."""

    athena: Athena
    step: str = ""
    _sent: dict[str, str] = field(default_factory=dict)
    _read: dict[str, tuple[str, int, Decimal]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def scanned(self) -> tuple[Scanned, ...]:
        """Models, checks and steps, the dearest first."""
        found: dict[str, Scanned] = {}
        for name, read, dollars in self._read.values():
            so_far = found.get(name, Scanned(name, 0, 0, Decimal(0)))
            found[name] = Scanned(name, so_far.statements + 1, so_far.bytes + read, so_far.dollars + dollars)
        return tuple(sorted(found.values(), key=lambda one: (-one.bytes, one.name)))

    @property
    def bytes(self) -> int:
        """Bytes read so far."""
        return sum(read for _, read, _ in self._read.values())

    @property
    def dollars(self) -> Decimal:
        """What was read so far costs."""
        return sum((dollars for _, _, dollars in self._read.values()), Decimal(0))

    def document(self) -> dict[str, Any]:
        """All of it, as a run's record keeps it."""
        rows = [
            {"name": one.name, "statements": one.statements, "bytes": one.bytes, "dollars": str(one.dollars)}
            for one in self.scanned()
        ]
        return {"bytes": self.bytes, "dollars": str(self.dollars), "dollars_per_terabyte": str(self.athena.price)} | {
            "scanned": rows
        }

    def before(self, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        """A statement is about to be sent: refused when the budget is spent."""
        budget = self.athena.budget
        if budget is not None and self.dollars >= budget:
            raise LakeError(
                f"This run has read {self.bytes:,} bytes in Athena for ${self.dollars:.2f}: its budget is spent.",
                where=f"FINOPS_ATHENA_BUDGET is ${budget}",
                todo="The published marts are as they were. Give more, or see in the run's record what reads most.",
            )
        context["finops_name"] = self._name(str(params.get("QueryString", "")))

    def accepted(self, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
        """Athena gave the statement an id."""
        if "QueryExecutionId" in parsed:
            with self._lock:
                self._sent[parsed["QueryExecutionId"]] = context.get("finops_name", self.step)

    def told(self, parsed: Mapping[str, Any], **_: Any) -> None:
        """Athena says how far statements are; those that ended have their bytes."""
        for one in (parsed.get("QueryExecution"), *parsed.get("QueryExecutions", ())):
            if one and one.get("Status", {}).get("State") in ("SUCCEEDED", "CANCELLED"):
                self._ended(one)

    def _ended(self, one: Mapping[str, Any]) -> None:
        read = int(one.get("Statistics", {}).get("DataScannedInBytes", 0))
        with self._lock:
            name = self._sent.get(one["QueryExecutionId"])
            if name is not None and (read or one.get("StatementType") != "DDL"):
                self._read[one["QueryExecutionId"]] = (name, read, billed(read, self.athena.price))

    def _name(self, sql: str) -> str:
        comment = _NODE.search(sql)
        if comment:
            try:
                node = json.loads(comment[1]).get("node_id")
            except ValueError:
                node = None
            if node:
                # model.finops.int_charges; a check's name ends with a hash of its own.
                return str(node).split(".")[2]
        return self.step


def billed(read: int, price: Decimal) -> Decimal:
    """Dollars for a statement that read so many bytes, at a price per terabyte; nothing for one that read none."""
    if not read:
        return Decimal(0)
    megabytes = -(-max(read, _LEAST) // MEGABYTE)
    return price * megabytes * MEGABYTE / _TERABYTE
