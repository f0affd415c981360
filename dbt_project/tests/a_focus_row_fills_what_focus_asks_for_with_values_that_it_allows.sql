-- noqa: disable=capitalisation.identifiers
-- The rules of FOCUS 1.2 that one row alone can break: what must be there, what it may say, periods that end after
-- they start. Each answer names a rule and how many rows break it.
with judged as (
    select
        case
            when
                BilledCost is null or EffectiveCost is null or ListCost is null or ContractedCost is null
                then 'costs are never null'
            when
                BillingAccountId is null or BillingAccountType is null or SubAccountId is null or SubAccountType is null
                then 'accounts are never null and have a type'
            when ProviderName is null or PublisherName is null or InvoiceIssuerName is null then 'companies are named'
            when
                ServiceName is null or ServiceCategory is null or ServiceSubcategory is null
                then 'services are named and placed'
            when length(BillingCurrency) <> 3 or BillingCurrency <> upper(BillingCurrency) or BillingCurrency is null
                then 'the currency is a code of ISO 4217'
            when BillingPeriodEnd <= BillingPeriodStart or BillingPeriodStart is null or BillingPeriodEnd is null
                then 'a billing period ends after it starts'
            when ChargePeriodEnd <= ChargePeriodStart or ChargePeriodStart is null or ChargePeriodEnd is null
                then 'a charge period ends after it starts'
            when coalesce(ChargeCategory, '') not in ('Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment')
                then 'the charge category is one of five'
            when ChargeClass <> 'Correction' then 'the charge class is a correction or nothing'
            when coalesce(ChargeFrequency, '') not in ('One-Time', 'Recurring', 'Usage-Based')
                then 'the charge frequency is one of three'
            when ChargeCategory = 'Purchase' and ChargeFrequency = 'Usage-Based' then 'a purchase is not usage-based'
            when (RegionId is null) <> (RegionName is null) then 'a region has an id and a name, or neither'
            when (ResourceId is null) <> (ResourceType is null) then 'a resource has an id and a type, or neither'
            when ResourceId is null and ResourceName is not null then 'what has no id has no name'
            when
                (CapacityReservationId is null) <> (CapacityReservationStatus is null)
                or CapacityReservationStatus not in ('Used', 'Unused')
                then 'a capacity reservation is used or unused'
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
