"""The suites as code: YAML under `suites/`, one file per mart, read without Great Expectations and without any mart."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from lake.errors import CheckFailedError
from lake.tables import MART_NAMES

SUITES = Path(__file__).parent / "suites"
SEVERITIES = ("critical", "warning")
_MEANING = Path(__file__).parent / "expectations.py"
FRESH_FOR = timedelta(days=3)

_REQUIRED = {"expect", "severity", "description"}
_COPY = "copy"
_FOR_EACH = "for_each_"


@dataclass(frozen=True)
class Expectation:
    """One thing we expect of a mart. `kind` is a name that Great Expectations knows, `arguments` its arguments.

    `description` is a sentence for users, unique within the suite; `column` is empty where no single one is meant.
    `of_copy` says that the copy of the hashed files is asked with either engine: in Athena the answer would be dear.
    """

    kind: str
    arguments: Mapping[str, Any]
    severity: str
    description: str
    of_copy: bool = False

    @property
    def column(self) -> str:
        """The one column it looks at, or an empty text."""
        return str(self.arguments.get("column", ""))


@dataclass(frozen=True)
class Suite:
    """All that is expected of one mart. `version` is the SHA-256 of the YAML file and of what our expectations mean."""

    mart: str
    version: str
    expectations: tuple[Expectation, ...]


def moments(now: datetime) -> dict[str, str]:
    """The values that suites may name as `{$PARAMETER: ...}`: `today` and `fresh_after`, ISO dates in UTC."""
    return {"today": now.date().isoformat(), "fresh_after": (now - FRESH_FOR).date().isoformat()}


def counting(suite: Suite, row_count: int) -> Suite:
    """The suite, and that the engine sees as many rows as were hashed: for an engine that reads the files itself."""
    every_row = Expectation(
        "expect_table_row_count_to_equal", {"value": row_count}, "critical", "The engine sees every row that was hashed"
    )
    return replace(suite, expectations=(*suite.expectations, every_row))


def load_suites(parameters: Mapping[str, str], folder: Path = SUITES) -> tuple[Suite, ...]:
    """Every mart's suite, in the order of the registry. Raises CheckFailedError for a missing or broken one."""
    return tuple(load_suite(folder / f"{mart}.yml", parameters) for mart in MART_NAMES)


def load_suite(path: Path, parameters: Mapping[str, str]) -> Suite:
    """One suite. Raises CheckFailedError when the file is missing or is not a suite."""
    broken = partial(CheckFailedError, where=str(path), todo="Mend the suite; quality/README.md shows its form.")
    try:
        content = path.read_bytes()
        written = yaml.safe_load(content)
        entries = tuple(entry for item in written["expectations"] for entry in _entries(item, parameters))
    except FileNotFoundError:
        raise broken(f"The mart {path.stem} has no suite.") from None
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise broken(f"The suite of {path.stem} cannot be understood: {error}.") from error
    if written["mart"] != path.stem or not entries:
        raise broken(f"The suite of {path.stem} names another mart or expects nothing.")
    return Suite(path.stem, hashlib.sha256(content + _MEANING.read_bytes()).hexdigest(), entries)


def _entries(item: Mapping[str, Any], parameters: Mapping[str, str]) -> Iterator[Expectation]:
    """The expectations of one YAML item: one, or one for each value of its `for_each_<argument>`."""
    each = [key for key in item if key.startswith(_FOR_EACH)]
    unknown = set(item) - _REQUIRED - {"with", "ask"} - set(each)
    if unknown or _REQUIRED - set(item) or len(each) > 1 or item["severity"] not in SEVERITIES:
        may = "'with', 'ask' and one for_each"
        raise ValueError(f"an item needs {sorted(_REQUIRED)}, may have {may}, and has {sorted(item)}")
    if item.get("ask", _COPY) != _COPY:
        raise ValueError(f"an item asks the {_COPY} or says nothing of whom it asks, and this one asks {item['ask']}")
    of_copy = "ask" in item
    arguments = {name: _value(value, parameters) for name, value in item.get("with", {}).items()}
    if not each:
        yield Expectation(item["expect"], arguments, item["severity"], item["description"], of_copy)
        return
    argument = each[0].removeprefix(_FOR_EACH)
    for value in item[each[0]]:
        filled = {
            name: _filled(given, argument, value) if isinstance(given, str) else given
            for name, given in arguments.items()
        } | {argument: value}
        said = _filled(item["description"], argument, value)
        yield Expectation(item["expect"], filled, item["severity"], said, of_copy)


def _filled(text: str, argument: str, value: str) -> str:
    return text.replace(f"{{{argument}}}", value)


def _value(value: object, parameters: Mapping[str, str]) -> object:
    """A literal, or the parameter it names.

    Great Expectations fills parameters when a checkpoint runs: too late for expectations that make SQL of them.
    """
    if isinstance(value, dict):
        return parameters[value["$PARAMETER"]]
    return value
