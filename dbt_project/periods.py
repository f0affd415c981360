"""Which months a build computes where the engine itself remembers nothing: on Athena the lake does, in one small file.

What `build.period_states` is to DuckDB, this record is to Athena: what each month was built from, and by which code. It
is written before the first row of a month changes, and again when every check has passed. So a run that is killed or
fails leaves its months due. See docs/decisions/0007 and 0009.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lake.turns import Record

# What of a pointer tells one delivery from another, and what was current before it.
_TELLING = ("source", "export_name", "delivery_id", "accepted_at", "turns", "files", "previous", "payers", "accounts")
_CODE = (".sql", ".yml", ".csv")


@dataclass(frozen=True)
class Periods:
    """What the engine's tables hold: `built` is what each month was built from, "" for one that is not finished.

    `code` made all of the tables; "" when that is not known, and nothing in them may be kept.
    """

    code: str = ""
    built: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> bytes:
        """The record as it lies in the lake."""
        return (json.dumps(asdict(self), indent=1, sort_keys=True) + "\n").encode()

    @classmethod
    def from_json(cls, content: bytes | None) -> Periods:
        """The record that was written, or, where it cannot be read, one that knows nothing."""
        try:
            told = json.loads(content or b"")
            return cls(str(told["code"]), {str(month): str(of) for month, of in told["built"].items()})
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()


@dataclass(frozen=True)
class Plan:
    """What a build is to do: the months it computes, sorted, and whether all tables are made anew.

    `accepted` is what each month is to be built from, `code` by what.
    """

    due: tuple[str, ...]
    is_from_scratch: bool
    accepted: Mapping[str, str]
    code: str
    before: Periods

    @property
    def begun(self) -> Periods:
        """The record while the build is at work: what is due is not finished, and is not forgotten either."""
        if self.is_from_scratch:
            return Periods("", dict.fromkeys(self.due, ""))
        return Periods(self.code, {**self.before.built, **dict.fromkeys(self.due, "")})

    def finished(self, held: Collection[str]) -> Periods:
        """The record once every check has passed; months that are `held` back are judged again by the next build."""
        return Periods(self.code, {month: "" if month in held else of for month, of in self.accepted.items()})


def plan(before: Periods, accepted: Mapping[str, str], code: str, *, full_refresh: bool = False) -> Plan:
    """A month is due when it is to be built from something else than it was, which may be nothing any more."""
    if full_refresh or before.code != code:
        return Plan(tuple(sorted(accepted)), True, accepted, code, before)
    months = {*before.built, *accepted}
    due = tuple(sorted(month for month in months if accepted.get(month, "-") != before.built.get(month)))
    return Plan(due, False, accepted, code, before)


def accepted_now(pointers: Iterable[Record]) -> dict[str, str]:
    """What each month is to be built from: one hash of all that its pointers tell."""
    told: dict[str, list[str]] = defaultdict(list)
    for pointer in pointers:
        told[pointer["billing_period"]].append(json.dumps([pointer.get(name) for name in _TELLING], sort_keys=True))
    return {month: _hash(sorted(texts)) for month, texts in told.items()}


def code_fingerprint(project: Path) -> str:
    """What the numbers are computed and judged by, as one hash: the files of the dbt project, dbt and its adapter."""
    parts = [importlib.metadata.version(package) for package in ("dbt-core", "dbt-athena")]
    for folder in ("macros", "models", "seeds", "tests"):
        for path in sorted((project / folder).rglob("*")):
            if path.suffix in _CODE:
                parts += [path.relative_to(project).as_posix(), path.read_text(encoding="utf-8")]
    return _hash([*parts, (project / "dbt_project.yml").read_text(encoding="utf-8")])


def _hash(parts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
