"""Is everything in place? Each question has an answer a person can act on."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from lake import verdicts, zones
from lake.errors import FinopsError
from lake.held import held_back
from lake.marts import mart_files
from lake.placed import missing, placed_files
from lake.settings import Profile
from lake.tables import MART_NAMES
from lake.workspace import Workspace

PACKAGES = ("dbt-core", "dbt-duckdb", "dbt-athena", "duckdb", "pyarrow", "great-expectations", "awswrangler", "boto3")


@dataclass(frozen=True)
class Finding:
    """One check: what was looked at, what was found, and what to do if it is not well."""

    subject: str
    is_well: bool
    found: str
    todo: str = ""


def examine(ws: Workspace) -> tuple[Finding, ...]:
    """Look at versions, settings, the lake, its bills, its marts and their verdicts. Changes nothing."""
    return (*_versions(), *_settings(ws), *_lake(ws))


def _versions() -> Iterator[Finding]:
    python = ".".join(str(part) for part in sys.version_info[:3])
    yield Finding("Python", sys.version_info >= (3, 11), python, "Install Python 3.11 or newer.")
    for package in PACKAGES:
        try:
            yield Finding(package, True, importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(package, False, "not installed", "Run `make setup`.")


def _settings(ws: Workspace) -> Iterator[Finding]:
    yield Finding("profile", True, str(ws.settings.profile))
    if ws.settings.profile is Profile.AWS or ws.settings.lake.startswith("s3://"):
        import boto3

        session = boto3.Session(region_name=ws.settings.region)
        yield Finding("AWS region", bool(session.region_name), session.region_name or "none", "Set AWS_REGION.")
        yield Finding(
            "AWS credentials",
            session.get_credentials() is not None,
            "found" if session.get_credentials() else "none",
            "Log in, or set AWS_PROFILE.",
        )


def _lake(ws: Workspace) -> Iterator[Finding]:
    try:
        pointers = [file.key for file in ws.store.files(f"{zones.DELIVERIES}/") if file.key.endswith("current.json")]
    except Exception as error:
        yield Finding("lake", False, f"{ws.store.uri}: {error}", "Give a lake you may read with --lake.")
        return
    yield Finding("lake", True, ws.store.uri)
    yield Finding("accepted bills", bool(pointers), str(len(pointers)), "Run `finops ingest --bills PATH`.")
    lost = _lost(ws, pointers)
    if lost:
        yield Finding("landed files", False, f"missing: {', '.join(lost)}", "Run `finops ingest --bills PATH` again.")
    for mart in MART_NAMES:
        yield _mart(ws, mart)
    yield from _held_back(ws)


def _held_back(ws: Workspace) -> Iterator[Finding]:
    """Months that the last build did not publish, each with its first reason."""
    try:
        held = held_back(ws.store)
    except FinopsError as unreadable:
        yield Finding("months held back", False, unreadable.what, unreadable.todo)
        return
    for one in held:
        todo = "Mend the bill or ingest it again, then run `finops build`. Until then no action runs on this month."
        yield Finding(f"{one.billing_period} of {one.billing_account_id}", False, one.told(), todo)


def _lost(ws: Workspace, pointers: list[str]) -> list[str]:
    """Files of accepted bills that are gone, and records of bills that cannot be read."""
    landed = {file.key for file in ws.store.files(f"{zones.LANDING}/")}
    lost: list[str] = []
    for pointer in pointers:
        try:
            record = json.loads(ws.store.read(pointer) or b"")
            lost.extend(key for key in record["files"] if key not in landed)
            lost.extend(missing(placed_files(record), ws.settings.region))
        except (ValueError, KeyError, TypeError):
            lost.append(f"{pointer} (unreadable)")
    return lost


def _mart(ws: Workspace, mart: str) -> Finding:
    try:
        published = mart_files(ws.store, mart)
    except FinopsError as damaged:
        return Finding(mart, False, damaged.what, damaged.todo)
    if published is None:
        return Finding(mart, False, "not published", "Run `finops build`.")
    rows = f"{published.row_count:,} rows"
    try:
        verdicts.require_on(ws.store, published, now=ws.now)
    except FinopsError as closed:
        return Finding(mart, False, f"{rows}; {closed.what}", closed.todo)
    return Finding(mart, True, f"{rows}, validated: actions may run on it")
