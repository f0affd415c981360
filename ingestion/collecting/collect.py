"""Asks every source everywhere, and lands what was answered. One that fails stops no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from ingestion.collecting.failures import UNREACHABLE, reason_of, status_of
from ingestion.collecting.landing import land, sweep
from ingestion.collecting.model import (
    GLOBAL,
    Ask,
    Inventory,
    OverBudgetError,
    Purse,
    Reader,
    Source,
    Span,
    UnavailableError,
)
from ingestion.collecting.places import Place, Places, find_places
from ingestion.collecting.rows import table_of
from lake.accounts import Accounts, UnreachableError
from lake.collected.days import OK, Answer
from lake.collected.dictionary import columns, write_schemas
from lake.errors import LakeError
from lake.sessions import READ_ONLY
from lake.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

# Questions that are under way at once: enough to hide the way to AWS and back, few enough not to be throttled.
THREADS = 8


@dataclass(frozen=True)
class SourceReport:
    """What came of one source: every question's answer, in the order of parts and places."""

    source: str
    title: str
    answers: tuple[Answer, ...]

    @property
    def row_count(self) -> int:
        """Rows that were landed now."""
        return sum(one.row_count for one in self.answers)

    @property
    def failed(self) -> tuple[Answer, ...]:
        """The questions that were not answered."""
        return tuple(one for one in self.answers if not one.is_ok)


@dataclass(frozen=True)
class CollectReport:
    """What a collection did. `spent` are the dollars that AWS takes for its questions, by AWS's public prices."""

    accounts: tuple[str, ...]
    regions: tuple[str, ...]
    sources: tuple[SourceReport, ...]
    spent: Decimal

    @property
    def failed(self) -> tuple[tuple[str, Answer], ...]:
        """Every question that was not answered, with its source."""
        return tuple((one.source, answer) for one in self.sources for answer in one.failed)


def collect(ws: Workspace, sources: Sequence[Source], accounts: Accounts | None = None) -> CollectReport:
    """Ask each source in each place and land the answers, a pointer swap per source; the caller holds the lake's lock.

    What is not answered is in the report and in the lake's record of the day, not raised. Raises LakeError when no
    account can be reached at all, or the lake cannot be written.
    """
    reached = accounts or Accounts(ws.run_id, role_name=ws.settings.collecting.role_name, at_most=READ_ONLY)
    found = find_places(reached, ws.settings.collecting, ws.settings.region)
    purse = Purse(ws.settings.collecting.budget)
    write_schemas(ws.store)
    reports = []
    for source in sources:
        answered = list(_ask_all(ws, source, found, reached, purse))
        land(ws, source.name, answered)
        sweep(ws, source.name)
        reports.append(SourceReport(source.name, source.title, tuple(answer for answer, _ in answered)))
    regions = tuple(dict.fromkeys(place.region for place in found.places))
    return CollectReport(found.accounts, regions, tuple(reports), purse.spent)


def _ask_all(
    ws: Workspace, source: Source, found: Places, accounts: Accounts, purse: Purse
) -> Iterator[tuple[Answer, pa.Table | None]]:
    questions = [(place, part) for place in found.of(source.span) for part in source.parts]
    questions += [(place, part) for place in found.of(Span.PAYER) for part in source.once]
    readers = {**source.parts, **source.once}
    settings = ws.settings.collecting
    inventory = cache(lambda: Inventory.read(ws.store))

    def ask(place: Place, part: str) -> tuple[Answer, pa.Table | None]:
        region = found.home if place.region == GLOBAL else place.region
        asked = Ask(place.account, region, ws.now, accounts, ws.store, settings, purse, inventory)
        return _answer(source.name, part, readers[part], place, asked)

    with (
        ws.out.progress(f"Asking for {source.title}", total=len(questions)) as advance,
        ThreadPoolExecutor(THREADS) as threads,
    ):
        waiting = {threads.submit(ask, place, part): (place, part) for place, part in questions}
        done = {}
        try:
            for future in as_completed(waiting):
                place, part = waiting[future]
                done[waiting[future]] = future.result()
                advance(1, f"Asked {place.account} {place.region} for {source.title}: {part}")
        except BaseException:
            threads.shutdown(cancel_futures=True)
            raise
    for question in questions:
        yield done[question]


def _answer(source: str, part: str, read: Reader, place: Place, ask: Ask) -> tuple[Answer, pa.Table | None]:
    from botocore.exceptions import BotoCoreError, ClientError

    told = (part, place.account, place.region)
    # The collection's own moment: by it rows and their question are known to belong together.
    at = ask.now.replace(microsecond=0)
    when = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    if place.error:
        return Answer(*told, UNREACHABLE, place.error, 0, when), None
    trace = {"part": part, "asked_account_id": place.account, "asked_region_id": place.region, "collected_at": at}
    usual = {"account_id": place.account, "region_id": place.region}
    usual = {name: value for name, value in usual.items() if name in {one.name for one in columns(source)}}
    try:
        rows = table_of(source, ({**usual, **row, **trace} for row in read(ask)))
    except (BotoCoreError, ClientError, UnreachableError, OverBudgetError, UnavailableError, LakeError) as error:
        return Answer(*told, status_of(error), reason_of(error), 0, when), None
    except (LookupError, ValueError, TypeError, ArithmeticError, AttributeError) as error:
        why = f"the answer was not understood: {type(error).__name__}: {error}"
        return Answer(*told, status_of(error), why, 0, when), None
    return Answer(*told, OK, "", rows.num_rows, when, "".join(ask.through[-1:])), rows
