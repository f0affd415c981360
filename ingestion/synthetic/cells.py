"""Which cell of a line comes from where: shared by the Parquet and the CSV writer."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from ingestion.synthetic.lines import Line, LineKind

# Columns whose value differs from line to line of one kind.
OF_LINE: dict[str, Callable[[Line], str | datetime | Decimal]] = {
    "identity_time_interval": lambda line: line.span.interval,
    "line_item_usage_start_date": lambda line: line.span.start,
    "line_item_usage_end_date": lambda line: line.span.end,
    "line_item_usage_amount": lambda line: line.quantity,
    "line_item_normalized_usage_amount": lambda line: line.normalized,
    "line_item_unblended_cost": lambda line: line.unblended,
    # No cross-account averaging of reservation prices here, so blended equals unblended.
    "line_item_blended_cost": lambda line: line.unblended,
    "pricing_public_on_demand_cost": lambda line: line.public_cost,
}


def identity(kind: LineKind) -> str:
    """A line item id: the same for all lines of a kind, as on real bills, where only the interval tells them apart."""
    digest = hashlib.sha256(repr(sorted(kind.cells.items())).encode()).digest()
    return base64.b32encode(digest).decode().lower()[:52]
