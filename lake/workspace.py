"""What every verb is given: the settings, the lake, where to speak, which run this is and what time it is."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from lake.output import Output
from lake.settings import Settings
from lake.store import Store, open_store


@dataclass(frozen=True)
class Workspace:
    """One command at work. `now` is aware UTC and fixed when the command begins; `run_id` names it in the lake."""

    settings: Settings
    store: Store
    out: Output
    run_id: str
    now: datetime

    @classmethod
    def begin(cls, settings: Settings, out: Output, now: datetime | None = None) -> Workspace:
        """A workspace for one command. Touches nothing yet."""
        moment = now or datetime.now(UTC)
        run_id = f"{moment:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        return cls(settings, open_store(settings.lake, region=settings.region), out, run_id, moment)
