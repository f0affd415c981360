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

from lake.errors import BudgetError
from lake.settings import Athena

MEGABYTE = 1024**2
_TERABYTE = 1024**4
_LEAST = 10 * MEGABYTE
# dbt writes the node of a statement into a comment before it.
_NODE = re.compile(r"/\* (\{.*?\}) \*/", re.DOTALL)
_COMMENT = re.compile(r"/\*.*?\*/|--[^\n]*", re.DOTALL)
_VERB = re.compile(r"[a-z]+")
_TABLE = re.compile(r'\bfrom\s+([\w."]+)', re.IGNORECASE)
# What only changes the catalogue begins so, and is free; of CREATE, only a table that is made of rows reads.
_FREE = ("alter", "describe", "drop", "msck", "show", "vacuum")
_CREATE_AS = re.compile(r"create\s+table\b.*\bas\b", re.DOTALL)


@dataclass(frozen=True)
class Scanned:
    """What a model, a check or a step of a run read. `bytes` as Athena counts them, `dollars` as it bills them."""

    name: str
    statements: int
    bytes: int
    dollars: Decimal


@dataclass(frozen=True)
class Sent:
    """A statement: under which name it is counted, what it is alike to in other runs, and what it may cost."""

    name: str
    kind: str
    estimate: Decimal


@dataclass
class Meter:
    """Counts the statements of one run. `step` names those that no model of dbt sends.

    `known` is the most bytes that a statement of a kind read in earlier runs. `refused` is why the run had to stop.
    """

    athena: Athena
    step: str = ""
    known: Mapping[str, int] = field(default_factory=dict)
    refused: BudgetError | None = None
    _asked: dict[int, Sent] = field(default_factory=dict)
    _sent: dict[str, Sent] = field(default_factory=dict)
    _read: dict[str, tuple[Sent, int, Decimal]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def scanned(self) -> tuple[Scanned, ...]:
        """Models, checks and steps, the dearest first."""
        found: dict[str, Scanned] = {}
        for sent, read, dollars in list(self._read.values()):
            name = sent.name
            so_far = found.get(name, Scanned(name, 0, 0, Decimal(0)))
            found[name] = Scanned(name, so_far.statements + 1, so_far.bytes + read, so_far.dollars + dollars)
        return tuple(sorted(found.values(), key=lambda one: (-one.bytes, one.name)))

    @property
    def bytes(self) -> int:
        """Bytes read so far."""
        return sum(read for _, read, _ in list(self._read.values()))

    @property
    def dollars(self) -> Decimal:
        """What was read so far costs."""
        return sum((dollars for _, _, dollars in list(self._read.values())), Decimal(0))

    def largest(self) -> dict[str, int]:
        """The most bytes that one statement of each kind read."""
        found: dict[str, int] = {}
        for sent, read, _ in list(self._read.values()):
            found[sent.kind] = max(read, found.get(sent.kind, 0))
        return found

    def require_budget(self) -> None:
        """Raise BudgetError when a statement was refused: libraries that send them may keep it to themselves."""
        if self.refused is not None:
            raise self.refused

    def document(self) -> dict[str, Any]:
        """All of it, as a run's record keeps it."""
        rows = [
            {"name": one.name, "statements": one.statements, "bytes": one.bytes, "dollars": str(one.dollars)}
            for one in self.scanned()
        ]
        return {"bytes": self.bytes, "dollars": str(self.dollars), "dollars_per_terabyte": str(self.athena.price)} | {
            "scanned": rows,
            "largest": self.largest(),
        }

    def before(self, params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
        """A statement is about to be sent. Raises BudgetError if more than is left would be read, and ever after."""
        sent = self._described(str(params.get("QueryString", "")))
        with self._lock:
            self.require_budget()
            waiting = [*self._asked.values(), *(one for key, one in self._sent.items() if key not in self._read)]
            budget, spent = self.athena.budget, self.dollars + sum((one.estimate for one in waiting), Decimal(0))
            if budget is not None and (spent >= budget or spent + sent.estimate > budget):
                self.refused = self._refusal(sent, budget, spent)
                raise self.refused
            self._asked[id(context)] = sent

    def accepted(self, parsed: Mapping[str, Any], context: Mapping[str, Any], **_: Any) -> None:
        """Athena gave the statement an id, or did not take it."""
        with self._lock:
            sent = self._asked.pop(id(context), Sent(self.step, self.step, Decimal(0)))
            if "QueryExecutionId" in parsed:
                self._sent[parsed["QueryExecutionId"]] = sent

    def told(self, parsed: Mapping[str, Any], **_: Any) -> None:
        """Athena says how far statements are; those that ended have their bytes."""
        for one in (parsed.get("QueryExecution"), *parsed.get("QueryExecutions", ())):
            if one and one.get("Status", {}).get("State") in ("SUCCEEDED", "CANCELLED", "FAILED"):
                self._ended(one)

    def _ended(self, one: Mapping[str, Any]) -> None:
        read = int(one.get("Statistics", {}).get("DataScannedInBytes", 0))
        is_free = one["Status"]["State"] == "FAILED" or (not read and one.get("StatementType") == "DDL")
        with self._lock:
            if is_free:
                self._sent.pop(one["QueryExecutionId"], None)
            elif (sent := self._sent.get(one["QueryExecutionId"])) is not None:
                self._read[one["QueryExecutionId"]] = (sent, read, billed(read, self.athena.price))

    def _described(self, sql: str) -> Sent:
        node, said = _node(sql), _COMMENT.sub("", sql).strip().lower()
        verb = found[0] if (found := _VERB.match(said)) else ""
        table = found[1] if (found := _TABLE.search(said)) else ""
        kind = " ".join([verb, node or f"{self.step} {table}"]).replace('"', "").strip()
        is_free = verb in _FREE or (verb == "create" and not _CREATE_AS.match(said))
        read = self.known.get(kind, 1)
        return Sent(node or self.step, kind, Decimal(0) if is_free else billed(read, self.athena.price))

    def _refusal(self, sent: Sent, budget: Decimal, spent: Decimal) -> BudgetError:
        what = "its budget is spent"
        if spent < budget:
            what = f"what is left is less than the ${sent.estimate:.5f} that {sent.name} may cost"
        waiting = f", ${spent - self.dollars:.5f} more is on its way" if spent > self.dollars else ""
        return BudgetError(
            f"This run has read {self.bytes:,} bytes in Athena for ${self.dollars:.5f}{waiting}: {what}.",
            where=f"FINOPS_ATHENA_BUDGET is ${budget}",
            todo="The published marts are as they were. Give more, or see in the run's record what reads most.",
        )


def _node(sql: str) -> str:
    """The node of dbt that sent a statement, blank for none."""
    comment = _NODE.search(sql)
    try:
        node = json.loads(comment[1]).get("node_id") if comment else None
    except ValueError:
        node = None
    # model.finops.int_charges; a check's name ends with a hash of its own.
    return str(node).split(".")[2] if node else ""


def billed(read: int, price: Decimal) -> Decimal:
    """Dollars for a statement that read so many bytes, at a price per terabyte; nothing for one that read none."""
    if not read:
        return Decimal(0)
    megabytes = -(-max(read, _LEAST) // MEGABYTE)
    return price * megabytes * MEGABYTE / _TERABYTE
