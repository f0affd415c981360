"""What AWS recommends: Compute Optimizer, the Cost Optimization Hub and Cost Explorer, in one table.

Compute Optimizer answers per account and region, the other two for the whole organization. The same saving may be told
by all three: a reader chooses one, by `recommended_by`.
"""

from __future__ import annotations

from decimal import Decimal

from ingestion.collecting.model import Source, Span
from ingestion.sources.recommendations import cost_explorer, hub, optimizer

SOURCE = Source(
    "recommendations",
    "recommendations",
    Span.REGIONS,
    {
        "optimizer_instance": optimizer.instances,
        "optimizer_auto_scaling_group": optimizer.auto_scaling_groups,
        "optimizer_volume": optimizer.volumes,
        "optimizer_database": optimizer.databases,
        "optimizer_idle": optimizer.idle,
    },
    least_price=lambda _: Decimal(0) + cost_explorer.PRICE,
    once={"hub": hub.read, "cost_explorer_rightsizing": cost_explorer.read},
)
