-- noqa: disable=capitalisation.identifiers
-- FOCUS 1.2 on commitments: id, category and type stand together; usage says whether it used the commitment or not; its
-- purchase costs nothing itself and what it covered is billed at nothing. Each answer names a rule.
with judged as (
    select
        case
            when
                (CommitmentDiscountId is null) <> (CommitmentDiscountCategory is null)
                or (CommitmentDiscountId is null) <> (CommitmentDiscountType is null)
                then 'a commitment has a category and a type'
            when CommitmentDiscountCategory not in ('Spend', 'Usage') then 'a commitment is to spend or to use'
            when
                (CommitmentDiscountStatus is not null)
                <> (CommitmentDiscountId is not null and ChargeCategory = 'Usage')
                then 'usage under a commitment has a status, and nothing else has'
            when CommitmentDiscountStatus not in ('Used', 'Unused') then 'a commitment is used or unused'
            when (CommitmentDiscountStatus is not null) <> coalesce(PricingCategory = 'Committed', false)
                then 'what a commitment prices is committed'
            when (CommitmentDiscountQuantity is null) <> (CommitmentDiscountUnit is null)
                then 'a quantity of a commitment has a unit'
            when CommitmentDiscountStatus is not null and BilledCost <> 0
                then 'what a commitment paid is billed at nothing'
            when CommitmentDiscountId is not null and ChargeCategory = 'Purchase' and EffectiveCost <> 0
                then 'the purchase of a commitment has no effective cost'
            when CommitmentDiscountStatus = 'Unused' and (ListCost <> 0 or ConsumedQuantity is not null)
                then 'what nobody used has no list cost and was not consumed'
        end as rule
    from {{ ref('focus_1_2') }}
    where {{ is_due('x_BillingPeriod') }}
)

select
    rule,
    count(*) as row_count
from judged
where rule is not null
group by 1
