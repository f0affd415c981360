{{ config(materialized='view') }}
{#- In what rows of one key may differ: their numbers follow it, so that every build gives the same. -#}
{%- set told = [
    'billing_account_id', 'sub_account_id', 'charge_period_start', 'charge_period_end', 'region_id', 'resource_id',
    'consumed_quantity', 'billed_cost', 'effective_cost', 'x_charge_kind', 'x_usage_type', 'x_operation',
    'commitment_discount_id', 'charge_description', 'invoice_id', 'charge_category', 'charge_class',
    'billing_account_name', 'invoice_issuer_name', 'publisher_name', 'sub_account_name', 'service_name',
    'x_service_code', 'availability_zone', 'pricing_unit', 'sku_id', 'sku_price_id', 'pricing_currency',
    'list_unit_price', 'list_cost', 'contracted_cost', 'commitment_discount_quantity',
    'commitment_discount_unit', 'x_unused_commitment_quantity', 'capacity_reservation_id',
    'capacity_reservation_status', 'billing_currency', 'x_product_family', 'x_instance_type', 'x_operating_system',
    'x_tenancy', 'x_database_engine',
    'x_bill_type', 'x_told_charge_frequency', 'x_told_service_category', 'x_told_service_subcategory',
    'x_told_provider_name', 'x_told_list_cost', 'x_told_contracted_cost',
] -%}

{#- A query in each of two places, not one with a name: what is named and asked for twice, DuckDB puts aside with all
    its columns, however few of them are read in the end. -#}
{%- set keyed -%}
(
        select
            *,
            {{ charge_key() }} as x_charge_key
        from {{ ref('int_charges') }}
    )
{%- endset -%}

-- Charges have no lasting key on a bill, and few are alike: only those are numbered.
with singles as (
    select
        charges.*,
        charges.x_charge_key || '-1' as charge_number
    from {{ keyed }} as charges
    left join {{ ref('int_charges__alike') }} as alike
        on charges.billing_period = alike.billing_period
            and charges.x_charge_key = alike.x_charge_key
    where alike.x_charge_key is null
),

twins as (
    select
        charges.*,
        charges.x_charge_key || '-' || cast(
            row_number() over (
                partition by charges.billing_period, charges.x_charge_key
                order by
                    {%- for column in told %}
                    charges.{{ column }} asc,
                    {%- endfor %}
                    {{ map_to_json('charges.tags') }} asc
            ) as varchar
        ) as charge_number
    from {{ keyed }} as charges
    inner join {{ ref('int_charges__alike') }} as alike
        on charges.billing_period = alike.billing_period
            and charges.x_charge_key = alike.x_charge_key
),

charges as (
    select
        waist.*,
        -- A FOCUS bill files its services itself; a pair that FOCUS does not know is not taken over.
        pairs.service_category as told_category,
        pairs.service_subcategory as told_subcategory,
        {{ map_to_json('waist.tags') }} as tags_json,
        waist.x_charge_kind in ('SavingsPlanRecurringFee', 'SavingsPlanUpfrontFee', 'RIFee', 'Fee:Reservation')
            as is_commitment,
        waist.x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') as is_recurring_commitment,
        case
            when
                waist.x_told_charge_frequency is not null
                and not (waist.charge_category = 'Purchase' and waist.x_told_charge_frequency = 'Usage-Based')
                then waist.x_told_charge_frequency
            when waist.charge_category = 'Usage' then 'Usage-Based'
            when waist.x_charge_kind in ('SavingsPlanRecurringFee', 'RIFee') then 'Recurring'
            when waist.x_charge_kind = 'Fee' and waist.x_bill_type = 'Anniversary' then 'Recurring'
            else 'One-Time'
        end as charge_frequency
    from (
        select * from singles
        union all
        select * from twins
    ) as waist
    left join {{ ref('focus_subcategories') }} as pairs
        on waist.x_told_service_category = pairs.service_category
            and coalesce(waist.x_told_service_subcategory, 'Other (' || waist.x_told_service_category || ')')
            = pairs.service_subcategory
),

-- A commitment's fee and what nobody used of it are two rows of FOCUS; a FOCUS bill tells them apart itself.
split as (
    select
        charges.*,
        parts.is_rest,
        case when parts.is_rest or charges.x_charge_kind = 'Focus:Unused' then 'unused' else 'billed' end as part
    from charges
    cross join (values (false), (true)) as parts (is_rest)
),

-- The bill shows covered usage at its on-demand price and takes it back by lines of its own; FOCUS bills it at nothing.
-- The fee is what is billed, and no cost of its own: its cost is on what it covered, and on what nobody used.
-- FOCUS gives a purchase a list price, and what is neither usage nor purchase the cost that was billed.
final as (
    select
        *,
        case when is_rest then charge_number || '-unused' else charge_number end as x_charge_id,
        case
            when is_rest or x_charge_kind = 'SavingsPlanCoveredUsage' then cast(0 as decimal(38, 10))
            else billed_cost
        end as focus_billed_cost,
        case
            when is_rest then cast(0 as decimal(38, 10))
            when x_told_list_cost is not null then x_told_list_cost
            when is_commitment or charge_category not in ('Usage', 'Purchase') then billed_cost
            else list_cost
        end as focus_list_cost,
        case
            when is_rest then cast(0 as decimal(38, 10))
            when x_told_contracted_cost is not null then x_told_contracted_cost
            when is_commitment or charge_category not in ('Usage', 'Purchase') then billed_cost
            else contracted_cost
        end as focus_contracted_cost,
        case when is_commitment and not is_rest then cast(0 as decimal(38, 10)) else effective_cost end
            as focus_effective_cost
    from split
    where
        case
            when is_rest then is_recurring_commitment and effective_cost <> 0
            else x_charge_kind <> 'SavingsPlanNegation'
        end
)

select * from final
