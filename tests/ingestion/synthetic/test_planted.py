"""What is planted is on the bill as it is said to be, and its twin is busy."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ingestion.synthetic.ledger import Ledger
from ingestion.synthetic.truth import PlantedIdle
from tests.ingestion.synthetic.conftest import JUNE, MAY, Ask

# Rule -> usage types that cost by the hour, and those that show activity.
SIGNALS = {
    "application_load_balancer": ("%LoadBalancerUsage", "%LCUUsage"),
    "nat_gateway": ("%NatGateway-Hours", "%NatGateway-Bytes"),
    "vpc_endpoint": ("%VpcEndpoint-Hours", "%VpcEndpoint-Bytes"),
    "kinesis_stream": ("%Storage-ShardHour", "%PutRequestPayloadUnits"),
    "dynamodb_table": ("%TimedStorage-ByteHrs", "%RequestUnits"),
    "web_acl": ("%WebACLV2", "%RequestV2%"),
}


def _quantity(ask: Ask, planted: PlantedIdle, usage: str, period: str) -> Decimal:
    found = ask(f"""
        select coalesce(sum(line_item_usage_amount::decimal(38, 10)), 0) from bill
        where line_item_resource_id = '{planted.resource_id}' and line_item_usage_account_id = '{planted.account}'
            and product_region_code = '{planted.region}' and line_item_usage_type like '{usage}'
            and billing_period = '{period}'
    """)
    return Decimal(found[0][0])


@pytest.mark.parametrize("period", [MAY, JUNE])
@pytest.mark.parametrize("rule", SIGNALS)
def test_idle_ones_are_paid_for_and_do_nothing_while_twins_work(
    ledger: Ledger, ask: Ask, rule: str, period: str
) -> None:
    paid, active = SIGNALS[rule]
    idle = [planted for planted in ledger.truth.idle if planted.rule_id == rule]
    twins = [planted for planted in ledger.truth.busy_twins if planted.rule_id == rule]
    assert idle
    assert twins
    for planted in idle:
        assert _quantity(ask, planted, paid, period) > 0
        # Less than a thousandth of a capacity unit per hour: scanners.
        assert _quantity(ask, planted, active, period) < 1
    for planted in twins:
        assert _quantity(ask, planted, paid, period) > 0
        assert _quantity(ask, planted, active, period) > 1000


def test_idle_volumes_are_where_no_instance_ever_ran_and_only_they(ledger: Ledger, ask: Ask) -> None:
    rows = ask("""
        with machines as (
            select distinct line_item_usage_account_id as account, split_part(usage, ':', 1) like 'EU-%' as ireland
            from (select *, line_item_usage_type as usage from bill)
            where usage like '%BoxUsage:%' or usage like '%SpotUsage:%'
        )
        select distinct line_item_resource_id, machines.account is null
        from bill
        left join machines
            on machines.account = line_item_usage_account_id and ireland = (line_item_usage_type like 'EU-%')
        where line_item_usage_type like '%EBS:VolumeUsage%'
    """)
    idle = {planted.resource_id for planted in ledger.truth.idle if planted.rule_id == "ebs_volume"}
    busy = {planted.resource_id for planted in ledger.truth.busy_twins if planted.rule_id == "ebs_volume"}
    assert len(idle) == 2
    assert {volume for volume, alone in rows if alone} == idle
    assert {volume for volume, alone in rows if not alone} == busy


def test_addresses_and_capacity_say_by_their_usage_type_whether_they_idle(ledger: Ledger, ask: Ask) -> None:
    for rule, usage in (("public_ipv4_address", "%PublicIPv4:IdleAddress"), ("capacity_reservation", "%UnusedBox:%")):
        found = ask(f"select distinct line_item_resource_id from bill where line_item_usage_type like '{usage}'")
        assert found == [(planted.resource_id,) for planted in ledger.truth.idle if planted.rule_id == rule]


def test_savings_of_instances_are_the_difference_of_rates_on_the_bill(ledger: Ledger, ask: Ask) -> None:
    planted = [at for at in ledger.truth.rightsizing if at.rule_id != "gp2_to_gp3"]
    assert {at.rule_id for at in planted} == {"previous_generation", "graviton"}
    for at in planted:
        now = _linux_rate(ask, at.region, at.current)
        own = ask(f"select distinct line_item_usage_type from bill where line_item_resource_id = '{at.resource_id}'")
        assert [usage.endswith(f"BoxUsage:{at.current}") for (usage,) in own] == [True]
        for kind, savings in ((at.recommended, at.monthly_savings), *at.also_right):
            assert savings == 730 * (now - _linux_rate(ask, at.region, str(kind)))
            assert savings is not None
            assert savings > 0


def _linux_rate(ask: Ask, region: str, instance_type: str) -> Decimal:
    rows = ask(f"""
        select distinct pricing_public_on_demand_rate::decimal(18, 10) from bill
        where product_instance_type = '{instance_type}' and product_region_code = '{region}'
            and product['operating_system'] = 'Linux' and line_item_usage_type like '%BoxUsage%'
    """)
    assert len(rows) == 1
    return Decimal(rows[0][0])


@pytest.mark.parametrize(
    ("region", "gib", "savings"),
    [
        # 1500 x 0.02 - 1500 x 0.005 - 125 x 0.04
        ("us-east-1", 1500, "17.5"),
        # 400 x 0.02 - 125 x 0.04, alive half of the month
        ("us-east-1", 400, "3"),
        # 100 x 0.02: small enough to need no throughput
        ("us-east-1", 100, "2"),
        # 100 x 0.022
        ("eu-west-1", 100, "2.2"),
    ],
)
def test_savings_of_volumes_are_worked_out_by_hand(
    ledger: Ledger, ask: Ask, region: str, gib: int, savings: str
) -> None:
    planted = [at for at in ledger.truth.rightsizing if at.rule_id == "gp2_to_gp3" and at.region == region]
    match = [at for at in planted if at.monthly_savings == Decimal(savings)]
    assert match
    for at in match:
        period = at.billing_periods[0]
        days, stored = ask(f"""
            select count(*), sum(line_item_usage_amount::decimal(38, 10)) from bill
            where line_item_resource_id = '{at.resource_id}' and billing_period = '{period}'
                and line_item_usage_type like '%EBS:VolumeUsage.gp2'
        """)[0]
        in_month = 31 if period == MAY else 30
        assert abs(float(stored) * in_month / days - gib) < 0.01
        assert days == (15 if gib == 400 else 31)


def test_rates_of_gp3_are_on_the_bill_of_each_region_with_gp2(ask: Ask) -> None:
    rows = ask("""
        select product_region_code, count(distinct line_item_usage_type) from bill
        where line_item_usage_type like '%gp3' and line_item_product_code = 'AmazonEC2'
            and product_region_code in (select product_region_code from bill where line_item_usage_type like '%gp2')
        group by 1
    """)
    assert sorted(rows) == [("eu-west-1", 3), ("us-east-1", 3)]


def test_what_must_be_left_alone_is_on_the_bill_too(ledger: Ledger, ask: Ask) -> None:
    on_bill = {resource for (resource,) in ask("select distinct line_item_resource_id from bill")}
    fine = ledger.truth.not_rightsizing
    assert {at.resource_id for at in fine} <= on_bill
    assert {at.rule_id for at in fine} == {"previous_generation", "graviton", "gp2_to_gp3"}
    # The 200 GB volume: 200 x 0.02 is less than the 5.00 that its throughput would cost.
    assert any(at.rule_id == "gp2_to_gp3" and at.current == "gp2" for at in fine)
    must_find = {(at.resource_id, at.rule_id) for at in ledger.truth.rightsizing}
    assert not must_find & {(at.resource_id, at.rule_id) for at in fine}
    assert {at.resource_id for at in ledger.truth.oversized} <= on_bill
