-- noqa: disable=capitalisation.identifiers
-- FOCUS 1.2 on prices, quantities and SKUs: prices explain costs, taxes have neither, consumption is of usage alone.
-- Each answer names a rule and how many rows break it. A correction may set quantities and costs as it likes.
with charges as (
    select
        *,
        ChargeCategory in ('Usage', 'Purchase') and ChargeClass is null as is_priced
    from {{ ref('focus_1_2') }}
    where {{ is_due('x_BillingPeriod') }}
),

judged as (
    select
        case
            when
                is_priced
                and abs(ListUnitPrice * PricingQuantity - cast(ListCost as double))
                > 0.000002 + 0.000000002 * abs(cast(ListCost as double))
                then 'list price times quantity is the list cost'
            when
                is_priced
                and abs(ContractedUnitPrice * PricingQuantity - cast(ContractedCost as double))
                > 0.000002 + 0.000000002 * abs(cast(ContractedCost as double))
                then 'contracted price times quantity is the contracted cost'
            when is_priced and (PricingQuantity is null or PricingUnit is null or PricingCategory is null)
                then 'usage and purchases say how they are priced'
            when PricingCategory not in ('Standard', 'Dynamic', 'Committed', 'Other')
                then 'the pricing category is one of four'
            when
                ChargeCategory = 'Tax'
                and coalesce(PricingCategory, PricingUnit, SkuId, SkuPriceId, SkuMeter, cast(ListUnitPrice as varchar))
                is not null
                then 'a tax has neither price nor SKU'
            when SkuId is null and SkuMeter is not null then 'only a SKU has a meter'
            when SkuPriceId is null and SkuPriceDetails is not null then 'only a SKU price has details'
            when (PricingQuantity is null) <> (PricingUnit is null) then 'a priced quantity has a unit'
            when (ConsumedQuantity is null) <> (ConsumedUnit is null) then 'a consumed quantity has a unit'
            when
                (ConsumedQuantity is not null)
                <> (ChargeCategory = 'Usage' and coalesce(CommitmentDiscountStatus, '') <> 'Unused')
                then 'usage is consumed, and nothing else'
            when
                PricingCurrency is null
                or (
                    PricingCurrency = BillingCurrency
                    and coalesce(PricingCurrencyEffectiveCost - EffectiveCost, 1) <> 0
                )
                then 'costs in the pricing currency are the costs where both are one'
        end as rule
    from charges
)

select
    rule,
    count(*) as row_count
from judged
where rule is not null
group by 1
