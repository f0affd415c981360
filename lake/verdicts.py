"""The gate between numbers and actions: a verdict per mart and run, written once, and the one way to pass it.

A verdict speaks of exact bytes: the SHA-256 of the published file. A mart that was rebuilt since, even to better
numbers, has no verdict yet. Everything that is not a fresh, green verdict on these bytes keeps the gate closed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta

from lake import zones
from lake.errors import GateClosedError
from lake.marts import MartFiles, PublishedMart, read_mart
from lake.store import Store

CLOSED_REASONS = ("not_published", "not_validated", "unreadable", "failed", "changed_since", "expired", "stale")

# A verdict is good for one daily cycle and two hours of grace; a bill lags its usage by about a day.
VERDICT_LIFETIME = timedelta(hours=26)
MAX_DATA_AGE = timedelta(days=4)


@dataclass(frozen=True)
class Verdict:
    """What validation said about one mart. Times are aware UTC in ISO 8601; `data_through` is a date or empty.

    `critical_failures`, `warning_failures` and `errors` (expectations that could not be evaluated) name expectations.
    `months` are of a mart that is published a file per month: the token of each month's file that it speaks of.
    """

    mart: str
    run_id: str
    passed: bool
    version: str
    row_count: int
    evaluated: int
    critical_failures: tuple[str, ...]
    warning_failures: tuple[str, ...]
    errors: tuple[str, ...]
    data_through: str
    validated_at: str
    expires_at: str
    suite_version: str
    months: Mapping[str, str] = field(default_factory=dict)

    def key(self) -> str:
        """Where this verdict is kept."""
        stamp = datetime.fromisoformat(self.validated_at).strftime("%Y%m%dT%H%M%S%fZ")
        return zones.verdict(self.mart, stamp, self.run_id)


def record(store: Store, verdict: Verdict) -> None:
    """Write a verdict once. A second verdict of the same mart, run and moment is not taken."""
    store.write_once(verdict.key(), json.dumps(asdict(verdict), indent=2).encode())


def newest(store: Store, mart: str) -> Verdict | None:
    """The newest verdict on a mart, or None. Raises ValueError, TypeError or KeyError for an unreadable one."""
    keys = [file.key for file in store.files(f"{zones.VERDICTS}/{mart}/")]
    content = store.read(max(keys)) if keys else None
    if content is None:
        return None
    fields = json.loads(content)
    lists = {name: tuple(fields[name]) for name in ("critical_failures", "warning_failures", "errors")}
    verdict = Verdict(**{**fields, **lists})
    if not isinstance(verdict.passed, bool) or datetime.fromisoformat(verdict.expires_at).tzinfo is None:
        raise ValueError("a verdict passes or not, and expires at a moment with a time zone")
    if verdict.data_through:
        date.fromisoformat(verdict.data_through)
    return verdict


def require(
    store: Store, mart: str, *, now: datetime, max_data_age: timedelta = MAX_DATA_AGE
) -> tuple[PublishedMart, Verdict]:
    """The mart and its verdict, if an action may run on it now; `now` is aware UTC.

    Raises GateClosedError whose `reason` is one of CLOSED_REASONS. Returns the very rows that the verdict speaks of.
    """
    published = read_mart(store, mart)
    if published is None:
        raise _not_published(store, mart)
    return published, require_on(store, published, now=now, max_data_age=max_data_age)


def require_on(
    store: Store, published: PublishedMart | MartFiles, *, now: datetime, max_data_age: timedelta = MAX_DATA_AGE
) -> Verdict:
    """The verdict on a mart as it was found, if an action may run on that; raises GateClosedError as `require` does."""
    mart, where = published.name, store.location(zones.published_mart(published.name))
    try:
        verdict = newest(store, mart)
    except (ValueError, TypeError, KeyError):
        raise GateClosedError(
            "unreadable", f"The verdict on {mart} cannot be read.", where=where, todo=_VALIDATE
        ) from None
    if verdict is None:
        raise GateClosedError("not_validated", f"The mart {mart} was never validated.", where=where, todo=_VALIDATE)
    _check(verdict, published, where=where, now=now, max_data_age=max_data_age)
    return verdict


def _not_published(store: Store, mart: str) -> GateClosedError:
    where = store.location(zones.published_mart(mart))
    return GateClosedError("not_published", f"The mart {mart} is not published.", where=where, todo=_BUILD)


_BUILD = "Run `finops build`, then `finops validate`."
_VALIDATE = "Run `finops validate`."


def _check(
    verdict: Verdict, published: PublishedMart | MartFiles, *, where: str, now: datetime, max_data_age: timedelta
) -> None:
    mart = published.name
    if not verdict.passed or verdict.critical_failures or verdict.errors or verdict.evaluated < 1:
        failed = ", ".join(verdict.critical_failures + verdict.errors) or "nothing was evaluated"
        raise GateClosedError(
            "failed", f"The mart {mart} failed validation: {failed}.", where=where, todo="Mend the cause, build again."
        )
    if verdict.mart != mart or verdict.version != published.version:
        raise GateClosedError(
            "changed_since", f"The mart {mart} changed after it was validated.", where=where, todo=_VALIDATE
        )
    if datetime.fromisoformat(verdict.expires_at) <= now:
        raise GateClosedError(
            "expired", f"The verdict on {mart} expired at {verdict.expires_at}.", where=where, todo=_VALIDATE
        )
    age = now.date() - date.fromisoformat(verdict.data_through) if verdict.data_through else None
    if age is None or not timedelta(0) <= age <= max_data_age:
        through = verdict.data_through or "an unknown day"
        raise GateClosedError(
            "stale",
            f"The mart {mart} speaks of usage through {through}, which is not fresh enough to act on.",
            where=where,
            todo="Run `finops run` on a newer bill.",
        )
