"""What AWS's own numbers always fulfil, asked of the written rows."""

from __future__ import annotations

from tests.ingestion.synthetic.conftest import AMORTIZED, Ask


def test_amortized_plus_trueup_plus_upfront_fees_is_unblended(ask: Ask) -> None:
    rows = ask(f"""
        select billing_period,
            sum({AMORTIZED})
            - sum(case when kind = 'SavingsPlanRecurringFee' then plan_upfront else 0 end)
            - sum(case when kind = 'RIFee' then month_upfront else 0 end)
            + sum(case when kind = 'Fee' and reservation_arn <> '' then u else 0 end)
            - sum(u)
        from bill group by 1
    """)
    assert len(rows) == 2
    assert all(difference == 0 for _, difference in rows)


def test_every_hour_of_a_plan_lends_exactly_what_it_says_was_used(ask: Ask) -> None:
    rows = ask("""
        select sum(spe) - sum(used), count(*) filter (kind = 'SavingsPlanRecurringFee')
        from bill where plan_arn <> '' group by plan_arn, line_item_usage_start_date
    """)
    assert len(rows) == (31 + 17) * 24
    assert all(difference == 0 and fees == 1 for difference, fees in rows)


def test_negations_take_back_the_covered_usage_of_each_price_and_hour(ask: Ask) -> None:
    rows = ask("""
        select sum(u), sum(case when kind = 'SavingsPlanNegation' then 1 else 0 end)
        from bill where kind in ('SavingsPlanCoveredUsage', 'SavingsPlanNegation')
        group by plan_arn, line_item_usage_account_id, line_item_usage_type, line_item_availability_zone,
            line_item_usage_start_date
    """)
    assert rows
    assert all(total == 0 and negations == 1 for total, negations in rows)
    assert ask(
        "select count(*) from bill where kind = 'SavingsPlanNegation' and line_item_resource_id is not null"
    ) == [(0,)]


def test_reservation_used_and_unused_are_its_upfront_and_recurring_fee_of_the_month(ask: Ask) -> None:
    rows = ask("""
        select billing_period, sum(rie) + sum(unused_upfront) + sum(unused_recurring)
            - sum(month_upfront) - sum(case when kind = 'RIFee' then u else 0 end)
        from bill where reservation_arn <> '' group by 1
    """)
    assert len(rows) == 2
    assert all(difference == 0 for _, difference in rows)


def test_commitments_are_partly_unused_and_an_edge_hour_partly_covered(ask: Ask) -> None:
    assert ask("select min(unused_recurring) > 0 and min(unused_upfront) > 0 from bill where kind = 'RIFee'") == [
        (True,)
    ]
    spare, full = ask("""
        select count(*) filter (used < committed), count(*) filter (used = committed)
        from bill where kind = 'SavingsPlanRecurringFee'
    """)[0]
    assert spare > 100
    assert full > 100
    split = ask("""
        select sum(line_item_usage_amount::decimal(38, 10)), count(distinct kind)
        from bill
        where line_item_usage_type = 'BoxUsage:c7g.4xlarge' and line_item_usage_account_name = 'web-prod'
            and kind in ('Usage', 'SavingsPlanCoveredUsage')
        group by line_item_resource_id, line_item_usage_start_date
        having count(*) = 2
    """)
    assert split
    assert all(hours == 1 and kinds == 2 for hours, kinds in split)


def test_no_amount_has_more_than_ten_decimals(ask: Ask) -> None:
    rows = ask("""
        select count(*) from bill
        where abs(line_item_unblended_cost - u::double) > 1e-12 * greatest(1, abs(line_item_unblended_cost))
            or abs(pricing_public_on_demand_cost - public_cost::double) > 1e-12 * greatest(1, public_cost)
    """)
    assert rows == [(0,)]


def test_usage_at_public_prices_is_quantity_times_rate(ask: Ask) -> None:
    rows = ask("""
        select count(*) from bill
        where pricing_public_on_demand_rate is not null
            and 0.0000000001 < abs(public_cost
                - line_item_usage_amount::decimal(28, 10) * pricing_public_on_demand_rate::decimal(18, 10))
    """)
    assert rows == [(0,)]
