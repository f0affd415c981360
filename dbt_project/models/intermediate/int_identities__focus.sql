{{ config(materialized='incremental') }}
-- noqa: disable=capitalisation.identifiers
{%- set groups = {
    'focus_rows_are_filled': focus_row_rule(),
    'focus_prices_explain_costs': focus_price_rule(),
    'focus_commitments_are_told_wholly': focus_commitment_rule(),
    'focus_services_are_placed': focus_service_rule(),
} %}
{%- set identities = [] -%}
{%- for identity in groups %}{% do identities.append({'name': "'" ~ identity ~ "'", 'rule': identity}) %}{% endfor %}

with charges as (
    select
        focus.*,
        allowed.service_category as allowed_category
    from {{ ref('focus_1_2') }} as focus
    left join {{ ref('focus_subcategories') }} as allowed
        on focus.ServiceCategory = allowed.service_category
            and focus.ServiceSubcategory = allowed.service_subcategory
    {{ where_due('focus.x_BillingPeriod') }}
),

-- What each row breaks, by rule; rows that break the same are one.
judged as (
    select
        x_BillingPeriod as billing_period,
        BillingAccountId as billing_account_id,
        BillingCurrency as billing_currency,
        {%- for identity, rule in groups.items() %}
        {{ rule }} as {{ identity }},
        {%- endfor %}
        count(*) as row_count,
        sum(BilledCost) as billed_cost,
        min(coalesce(ChargeDescription, ServiceName, 'unnamed')) as charge
    from charges
    group by 1, 2, 3, 4, 5, 6, 7
),

told as (
    select
        billing_period,
        billing_account_id,
        billing_currency,
        row_count,
        billed_cost,
        charge,
        {{ by_side(identities, 'name') }} as identity,
        {{ by_side(identities, 'rule') }} as broken_rule
    from {{ read_for('judged', identities) }}
),

-- A rule speaks of rows, not of an amount: what is told beside it is what its rows bill.
final as (
    select
        identity,
        billing_period,
        billing_account_id,
        billing_currency,
        coalesce(
            'the rule that ' || broken_rule || ', in ' || cast(sum(row_count) as varchar) || ' rows, one of them '
            || substr(min(case when broken_rule is not null then charge end), 1, 100), 'every row'
        ) as part,
        {{ amount_or_zero('sum(billed_cost)') }} as told_cost,
        broken_rule is not null as is_broken
    from told
    group by identity, billing_period, billing_account_id, billing_currency, broken_rule -- noqa: AM06
)

select * from final
