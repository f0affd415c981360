"""An action as a Lambda function: an event and the environment in, a report out."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from lake.accounts import Accounts
from lake.errors import SettingsError
from lake.sessions import ACTING
from lake.settings import account_ids, words
from lake.store import open_store
from lambdas.registry import action
from lambdas.runtime import logged
from lambdas.runtime.action import Reach, Run
from lambdas.runtime.model import Caps, Grace, Patience, Request, Verb
from lambdas.runtime.report import raise_if_not_well
from lambdas.runtime.run import run_action

# What an event may carry. A key that is not here, a misspelt `apply` above all, is refused and not overlooked.
EVENT_KEYS = frozenset(
    {
        "apply",
        "mark",
        "max_count",
        "max_monthly_cost",
        "max_share_pct",
        "max_per_owner",
        "notify_builds",
        "max_data_age_days",
        "min_age_days",
        "keep_days",
        "keep_count",
        "grace_builds",
        "grace_days",
        "release_addresses",
        "without_undo",
        "role_name",
    }
)
# Seconds kept free at the end of a function's time to finish the act at hand and to write its record.
RESERVE = 30.0


class Context(Protocol):
    """What we use of the context that Lambda hands over."""

    aws_request_id: str

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends the function."""
        ...


def handle(
    name: str, event: Mapping[str, Any], context: Context | None, *, environ: Mapping[str, str], now: datetime
) -> dict[str, Any]:
    """Run an action in the lake that `FINOPS_LAKE` names; `now` is aware UTC. Returns the report as plain JSON types.

    Raises SettingsError for an event that is not understood, GateClosedError behind a closed gate, StoppedError when a
    cap or the kill switch stopped an applying run, ActsFailedError when an act failed: then Lambda raises its alarm.
    """
    lake = environ.get("FINOPS_LAKE")
    if not lake:
        raise SettingsError("No lake is named.", where="FINOPS_LAKE", todo="Set it to s3://bucket/prefix.")
    chosen = action(name)
    request = request_of(event, chosen.caps)
    run_id = f"{now:%Y%m%dT%H%M%SZ}-{context.aws_request_id[:8] if context else secrets.token_hex(3)}"
    role_name = event.get("role_name") or environ.get("FINOPS_ROLE_NAME")
    run = Run(
        open_store(lake.rstrip("/"), region=environ.get("AWS_REGION")),
        Accounts(run_id, role_name=role_name, at_most=ACTING),
        run_id,
        now,
        patience=_patience(context),
        reach=_reach(environ),
        settings=settings_of(environ),
    )
    report = run_action(run, chosen, request)
    document = _plain(report.as_document())
    logged.tell(document)
    raise_if_not_well(report)
    return document


def settings_of(environ: Mapping[str, str]) -> dict[str, str]:
    """What the environment tells the actions: whatever begins with `FINOPS_`."""
    return {name: value for name, value in environ.items() if name.startswith("FINOPS_")}


def request_of(event: Mapping[str, Any], caps: Caps | None = None) -> Request:
    """The request an event asks for; `caps` are an action's usual ones.

    Raises SettingsError for an unknown key or a value of the wrong kind.
    """
    unknown = sorted(set(event) - EVENT_KEYS)
    if unknown:
        raise _bad(f"The event has unknown keys: {', '.join(unknown)}.", "Use only: " + ", ".join(sorted(EVENT_KEYS)))
    usual = Request(caps=caps or Caps())
    if _flag(event, "apply") and _flag(event, "mark"):
        raise _bad("A run either marks or acts, and the event asks for both.", "Leave out mark or apply.")
    return Request(
        apply=_flag(event, "apply"),
        mark=_flag(event, "mark"),
        caps=Caps(
            max_count=int(_number(event, "max_count", Decimal(usual.caps.max_count))),
            max_monthly_cost=_number(event, "max_monthly_cost", usual.caps.max_monthly_cost),
            max_share_pct=_number(event, "max_share_pct", usual.caps.max_share_pct),
            max_per_owner=int(_number(event, "max_per_owner", Decimal(usual.caps.max_per_owner))),
        ),
        approved=approved(release=_flag(event, "release_addresses"), without_undo=_flag(event, "without_undo")),
        min_age=timedelta(days=int(_number(event, "min_age_days", Decimal(usual.min_age.days)))),
        max_data_age=timedelta(days=int(_number(event, "max_data_age_days", Decimal(usual.max_data_age.days)))),
        keep_days=int(_number(event, "keep_days", Decimal(usual.keep_days))),
        keep_count=int(_number(event, "keep_count", Decimal(usual.keep_count))),
        grace=Grace(int(_number(event, "grace_builds", Decimal(0))), int(_number(event, "grace_days", Decimal(0)))),
        notify_builds=int(_number(event, "notify_builds", Decimal(0))),
    )


def approved(*, release: bool, without_undo: bool) -> frozenset[Verb]:
    """The verbs that a person approved."""
    return frozenset({*([Verb.RELEASE] if release else []), *([Verb.DELETE] if without_undo else [])})


def _patience(context: Context | None) -> Patience:
    if context is None:
        return Patience()
    return Patience(ends_at=time.monotonic() + context.get_remaining_time_in_millis() / 1000 - RESERVE)


def _reach(environ: Mapping[str, str]) -> Reach:
    return Reach(
        account_ids(environ.get("FINOPS_ACCOUNTS", ""), "FINOPS_ACCOUNTS"),
        words(environ.get("FINOPS_REGIONS", "")),
        environ.get("AWS_REGION") or Reach.home,
    )


def _flag(event: Mapping[str, Any], key: str) -> bool:
    value = event.get(key, False)
    # The text "false" is true in Python, so only a real boolean may open the way to a deletion.
    if not isinstance(value, bool):
        raise _bad(f"{key} is {value!r}, not a boolean.", "Write true or false without quotes.")
    return value


def _number(event: Mapping[str, Any], key: str, usual: Decimal) -> Decimal:
    value = event.get(key, usual)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite() or number < 0:
        raise _bad(f"{key} is {value!r}, not a number from zero on.", "Write a number.")
    return number


def _bad(what: str, todo: str) -> SettingsError:
    return SettingsError(what, where="the event", todo=todo)


def _plain(document: dict[str, Any]) -> dict[str, Any]:
    import json

    from lambdas.runtime.ledger import as_json

    plain: dict[str, Any] = json.loads(as_json(document))
    return plain


def utc_now() -> datetime:
    """The time now, aware UTC."""
    return datetime.now(UTC)
