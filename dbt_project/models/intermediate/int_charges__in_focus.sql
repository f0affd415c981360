{{ config(materialized='view') }}
{#- Everything that a FOCUS row is made of: only their number tells rows apart that are alike in all of it. -#}
{%- set told = [
    'part', 'invoice_id', 'billing_account_name', 'invoice_issuer_name', 'publisher_name', 'sub_account_name',
    'billing_period_start', 'billing_period_end', 'charge_period_start', 'charge_period_end', 'charge_description',
    'x_service_code', 'region_id', 'availability_zone', 'resource_id', 'consumed_quantity', 'pricing_unit', 'sku_id',
    'sku_price_id', 'pricing_currency', 'list_unit_price', 'commitment_discount_id', 'commitment_discount_quantity',
    'commitment_discount_unit', 'capacity_reservation_id', 'capacity_reservation_status', 'billing_currency',
    'billed_cost', 'list_cost', 'contracted_cost', 'effective_cost', 'x_charge_kind', 'x_usage_type', 'x_operation',
    'x_product_family', 'x_instance_type', 'x_operating_system', 'x_bill_type', 'tags_json', 'charge_category',
    'charge_class', 'charge_frequency', 'told_category', 'told_subcategory', 'x_told_provider_name',
] -%}

with charges as (
    select
        waist.*,
        -- A FOCUS bill files its services itself; a pair that FOCUS does not know is not taken over.
        pairs.service_category as told_category,
        pairs.service_subcategory as told_subcategory,
        {{ map_to_json('tags') }} as tags_json,
        x_charge_kind in ('SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee', 'RIFee', 'Fee:Reservation')
            as is_commitment,
        x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') as is_recurring_commitment,
        case
            when
                x_told_charge_frequency is not null
                and not (charge_category = 'Purchase' and x_told_charge_frequency = 'Usage-Based')
                then x_told_charge_frequency
            when charge_category = 'Usage' then 'Usage-Based'
            when x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') then 'Recurring'
            when x_charge_kind = 'Fee' and x_bill_type = 'Anniversary' then 'Recurring'
            else 'One-Time'
        end as charge_frequency
    from {{ ref('int_charges') }} as waist
    left join {{ ref('focus_subcategories') }} as pairs
        on waist.x_told_service_category = pairs.service_category
            and coalesce(waist.x_told_service_subcategory, 'Other (' || waist.x_told_service_category || ')')
            = pairs.service_subcategory
),

-- The bill shows covered usage at its on-demand price and takes it back by lines of its own; FOCUS bills it at nothing.
-- The fee is what is billed, and no cost of its own: its cost is on what it covered, and on what nobody used.
-- FOCUS gives a purchase a list price, and what is neither usage nor purchase the cost that was billed.
billed as (
    select
        charges.*,
        case when x_charge_kind = 'Focus:Unused' then 'unused' else 'billed' end as part,
        case x_charge_kind
            when 'SavingsPlanCoveredUsage' then cast(0 as decimal(38, 10))
            else billed_cost
        end as focus_billed_cost,
        case
            when x_told_list_cost is not null then x_told_list_cost
            when is_commitment or charge_category not in ('Usage', 'Purchase') then billed_cost
            else list_cost
        end as focus_list_cost,
        case
            when x_told_contracted_cost is not null then x_told_contracted_cost
            when is_commitment or charge_category not in ('Usage', 'Purchase') then billed_cost
            else contracted_cost
        end as focus_contracted_cost,
        case when is_commitment then cast(0 as decimal(38, 10)) else effective_cost end as focus_effective_cost
    from charges
    where x_charge_kind <> 'SavingsPlanNegation'
),

unused as (
    select
        charges.*,
        'unused' as part,
        cast(0 as decimal(38, 10)) as focus_billed_cost,
        cast(0 as decimal(38, 10)) as focus_list_cost,
        cast(0 as decimal(38, 10)) as focus_contracted_cost,
        effective_cost as focus_effective_cost
    from charges
    where is_recurring_commitment and effective_cost <> 0
),

charged as (
    select * from billed
    union all
    select * from unused
),

hashed as (
    select
        *,
        {{ dbt.hash(row_text(told)) }} as row_hash
    from charged
),

final as (
    select
        *,
        row_hash || '-' || cast(
            row_number() over (
                partition by billing_period, billing_account_id, sub_account_id, service_name, row_hash
                order by row_hash asc
            ) as varchar
        ) as x_charge_id
    from hashed
)

select * from final
