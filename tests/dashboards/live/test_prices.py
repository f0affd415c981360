"""What a resource costs in a month by public prices, and what is saved; unknown prices stay unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dashboards.live.prices import monthly_cost
from tests.dashboards.live.facts import known, resource

PRICES = {
    ("volume", "gp2", None): "0.11",
    ("instance", "m5.large", "Linux/UNIX"): "0.107",
    ("nat_gateway", None, None): "0.048",
}


@pytest.mark.parametrize(
    ("it", "amount"),
    [
        (resource("volume", type="gp2", size_gb=100), "11.00"),
        (resource("instance", type="m5.large", state="running"), "78.110"),
        (resource("instance", type="m5.large", state="stopped"), "0"),
        (resource("nat_gateway", type="public", state="available"), "35.040"),
    ],
    ids=["volume", "running", "stopped", "gateway"],
)
def test_a_month_is_730_hours_or_its_gigabytes(it: dict[str, Any], amount: str):
    cost = monthly_cost(known(it, prices=PRICES), it)
    assert cost is not None
    assert (cost.amount, cost.currency) == (Decimal(amount), "USD")


@pytest.mark.parametrize(
    "it",
    [
        resource("volume", type="gp3", size_gb=100),
        resource("instance", type="m5.large", state="running", platform="Windows"),
        resource("address"),
    ],
    ids=["type", "platform", "kind"],
)
def test_without_a_price_the_cost_is_not_known(it: dict[str, Any]):
    assert monthly_cost(known(it, prices=PRICES), it) is None
