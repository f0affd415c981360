"""What a user says of allocation: rules, splits and drivers, three csv files in the lake, checked before a build.

A file that is not there leaves the project's own seed in force, and of drivers nothing. See docs/allocation.md.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from dbt_project.settings_files import Line, read_lines
from lake import zones
from lake.store import Store

RULE_COLUMNS = ("dimension", "place", "match_on", "match_key", "match_value", "target")
SPLIT_COLUMNS = ("shared_pool", "method", "team", "percentage", "driver_name")
DRIVER_COLUMNS = ("month", "driver_name", "quantity", "team", "service_name")

DIMENSIONS = ("team", "environment", "cost_center")
MATCH_ON = ("tag", "cost_category", "account", "service", "charge")
KEYED = ("tag", "cost_category")
METHODS = ("even", "proportional", "fixed", "driver")

_SEEDS = Path(__file__).parent / "seeds"
# What AWS takes for the keys of tags and the names of cost categories.
_KEY = re.compile(r"[\w .:/=+@-]+")
_QUANTITY = re.compile(r"[0-9]{1,20}(\.[0-9]{1,10})?")


def variables(store: Store) -> dict[str, Any]:
    """The lake's own settings as variables of dbt; none for a file that is not there.

    Raises SettingsError that names the line for the first row that cannot be used.
    """
    rules = read_lines(store, zones.ALLOCATION_RULES, RULE_COLUMNS)
    splits = read_lines(store, zones.SHARED_COST_SPLITS, SPLIT_COLUMNS)
    drivers = read_lines(store, zones.DRIVERS, DRIVER_COLUMNS)
    own: dict[str, Any] = {}
    if splits is not None:
        _check_splits(splits)
        own["shared_cost_splits"] = _rows(splits)
    if rules is not None:
        _check_rules(rules, _told("shared_cost_splits", "shared_pool") if splits is None else _column(splits))
        own["allocation_rules"] = _rows(rules)
        own["allocation_tag_keys"] = _keys(rules, "tag")
        own["allocation_category_keys"] = _keys(rules, "cost_category")
    if drivers is not None:
        _check_drivers(drivers)
        own["drivers"] = _rows(drivers)
    return own


def _check_rules(rules: Sequence[Line], pools: Collection[str]) -> None:
    charges = sorted({"usage", *_told("untaggable_charges", "charge_name")})
    places: set[tuple[str, int]] = set()
    for rule in rules:
        rule.require_one_of("dimension", DIMENSIONS)
        is_number = re.fullmatch(r"[0-9]{1,6}", rule["place"])
        rule.require(is_number, f"The place {rule['place']!r} is no whole number.", "Write one, such as 10.")
        place = rule["dimension"], int(rule["place"])
        rule.require(place not in places, f"The place {place[1]} is taken.", "Give each rule a place of its own.")
        places.add(place)
        _check_match(rule, charges)
        _check_target(rule, pools)


def _check_match(rule: Line, charges: Collection[str]) -> None:
    rule.require_one_of("match_on", MATCH_ON)
    on, key, value = rule["match_on"], rule["match_key"], rule["match_value"]
    rule.require(bool(key) == (on in KEYED), f"match_key is {key!r} for {on}.", "Name a key for tags and categories.")
    rule.require(not key or _KEY.fullmatch(key), f"{key!r} is no key.", "Write it as it stands on the bill.")
    rule.require(value, "match_value is blank.", "Write the value, the beginning of one and a *, or * for any.")
    rule.require("*" not in value[:-1], f"{value!r} has a * that is not at its end.", "Only what begins alike fits.")
    if on == "charge" and not value.endswith("*"):
        rule.require_one_of("match_value", charges)


def _check_target(rule: Line, pools: Collection[str]) -> None:
    target = rule["target"]
    rule.require(target, "target is blank.", "Write a name, {value}, shared, or shared:POOL.")
    if target != "shared" and not target.startswith("shared:"):
        return
    rule.require(rule["dimension"] == "team", "Only teams share costs.", "Use it in the dimension team.")
    pool = target.removeprefix("shared:")
    todo = f"Add it to {zones.SHARED_COST_SPLITS}, or choose one of: {', '.join(sorted(pools))}."
    rule.require(pool in pools, f"Nothing says how the pool {pool!r} is split.", todo)


def _check_splits(splits: Sequence[Line]) -> None:
    by_pool: dict[str, list[Line]] = defaultdict(list)
    for split in splits:
        split.require(split["shared_pool"], "shared_pool is blank.", "Name the pool, as in shared:POOL.")
        split.require_one_of("method", METHODS)
        method, share = split["method"], split["percentage"]
        needs = {"team": method == "fixed", "percentage": method == "fixed", "driver_name": method == "driver"}
        for column, is_needed in needs.items():
            todo = "team and percentage are for fixed, driver_name is for driver."
            split.require(bool(split[column]) == is_needed, f"{column} is {split[column]!r} for {method}.", todo)
        split.require(not share or _QUANTITY.fullmatch(share), f"{share!r} is no percentage.", "Write it as 12.5.")
        by_pool[split["shared_pool"]].append(split)
    for pool, lines in by_pool.items():
        teams = {line["team"] for line in lines}
        is_clear = len({line["method"] for line in lines}) == 1 and len(teams) == len(lines)
        lines[-1].require(is_clear, f"The pool {pool!r} is split twice.", "Keep one line, or one for each team.")
        total = sum(Decimal(line["percentage"]) for line in lines if line["percentage"])
        is_whole = lines[0]["method"] != "fixed" or total == Decimal(100)
        lines[-1].require(is_whole, f"The percentages of {pool!r} add up to {total}.", "They must add up to 100.")


def _check_drivers(drivers: Sequence[Line]) -> None:
    seen: set[tuple[str, ...]] = set()
    for driver in drivers:
        is_month = re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", driver["month"])
        driver.require(is_month, f"{driver['month']!r} is no month.", "Write it as 2026-03.")
        driver.require(driver["driver_name"], "driver_name is blank.", "Say what is counted.")
        quantity = driver["quantity"]
        driver.require(_QUANTITY.fullmatch(quantity), f"{quantity!r} is no quantity.", "Write it as 1250 or 0.5.")
        key = tuple(driver[name] for name in DRIVER_COLUMNS if name != "quantity")
        driver.require(key not in seen, "Month, driver, team and service are there twice.", "Add the quantities up.")
        seen.add(key)


def _rows(lines: Sequence[Line]) -> list[dict[str, str]]:
    return [dict(line.cells) for line in lines]


def _keys(rules: Sequence[Line], on: str) -> list[str]:
    """Each key once, in the order of the rules."""
    return list(dict.fromkeys(rule["match_key"] for rule in rules if rule["match_on"] == on))


def _column(splits: Sequence[Line]) -> set[str]:
    return {split["shared_pool"] for split in splits}


def _told(seed: str, column: str) -> set[str]:
    with (_SEEDS / f"{seed}.csv").open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}
