"""Prices are asked for the very things that are there, and read to the last digit."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.ingestion.collecting.conftest import REGION, Lake


def product(price: str, unit: str = "Hrs", usage: str = "BoxUsage:m5.large", begin: str = "0") -> str:
    dimension = {"unit": unit, "beginRange": begin, "pricePerUnit": {"USD": price}, "description": "per unit"}
    term = {"effectiveDate": "2026-11-01T00:00:00Z", "priceDimensions": {"x.y.z": dimension}}
    told = {"product": {"sku": "SKU1", "attributes": {"usagetype": usage}}, "terms": {"OnDemand": {"x.y": term}}}
    return json.dumps(told)


class Prices:
    """Answers each question with what a test gives, by the fields asked for."""

    def __init__(self, *products: str) -> None:
        self.products = list(products)
        self.asked: list[dict[str, str]] = []

    def __call__(self, url: str, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append({one["Field"]: one["Value"] for one in params["Filters"]})
        return {"PriceList": self.products}


def test_the_types_and_systems_that_run_here_are_asked_for(lake: Lake):
    told = [
        {"InstanceId": "i-1", "InstanceType": "m5.large", "State": {"Name": "running"}, "PlatformDetails": "Windows"},
        {"InstanceId": "i-2", "InstanceType": "m5.large", "State": {"Name": "running"}},
        {
            "InstanceId": "i-3",
            "InstanceType": "c5.large",
            "State": {"Name": "running"},
            "PlatformDetails": "SQL Server",
        },
    ]
    lake.cloud.answers["DescribeInstances"] = lambda url, _: {"Reservations": [{"Instances": told}]}
    lake.cloud.answers["GetProducts"] = prices = Prices(product("0.0960000000"))
    lake.collect("inventory", "prices")
    asked = {(one["instanceType"], one["operatingSystem"]) for one in prices.asked}
    assert asked == {("m5.large", "Windows"), ("m5.large", "Linux")}
    assert {one["regionCode"] for one in prices.asked} == {REGION}
    rows = {row["platform"]: row for row in lake.rows("prices")}
    assert rows["Windows"]["price"] == Decimal("0.096")
    assert (rows["Linux/UNIX"]["sku"], rows["Linux/UNIX"]["billing_currency"]) == ("SKU1", "USD")


def test_volumes_are_priced_beside_gp3_and_other_units_are_left_out(lake: Lake):
    volume = {"VolumeId": "vol-1", "VolumeType": "gp2", "State": "in-use"}
    lake.cloud.answers["DescribeVolumes"] = lambda url, _: {"Volumes": [volume]}
    lake.cloud.answers["GetProducts"] = prices = Prices(product("0.11", "GB-Mo"), product("0.055", "IOPS-Mo"))
    lake.collect("inventory", "prices")
    assert [one["volumeApiName"] for one in prices.asked] == ["gp2", "gp3"]
    assert {(row["type"], row["price"]) for row in lake.rows("prices")} == {
        ("gp2", Decimal("0.11")),
        ("gp3", Decimal("0.11")),
    }


def test_where_nothing_is_nothing_is_asked(lake: Lake):
    assert lake.collect("inventory", "prices").failed == ()
    assert "GetProducts" not in lake.cloud.calls
