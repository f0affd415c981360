{#-
  The rules of FOCUS 1.2 that can be told from a row alone, as one expression per group: the sentence of the first rule
  that a row of focus_1_2 breaks, or null.
-#}

{#- What must be there, what it may say, periods that end after they start. -#}
{% macro focus_row_rule() -%}
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
    end
{%- endmacro %}

{#- Prices explain costs, taxes have neither, consumption is of usage alone. A correction may say what it likes. -#}
{% macro focus_price_rule() -%}
    {%- set is_priced = "ChargeCategory in ('Usage', 'Purchase') and ChargeClass is null" -%}
    case
        {%- for price, quantity, cost, rule in [
            ('ListUnitPrice', 'PricingQuantity', 'ListCost', 'list price times quantity is the list cost'),
            ('ContractedUnitPrice', 'PricingQuantity', 'ContractedCost',
             'contracted price times quantity is the contracted cost'),
        ] %}
        when
            {{ is_priced }}
            and abs({{ price }} * {{ quantity }} - cast({{ cost }} as double))
            > 0.000002 + 0.000000002 * abs(cast({{ cost }} as double))
            then '{{ rule }}'
        {%- endfor %}
        when {{ is_priced }} and (PricingQuantity is null or PricingUnit is null or PricingCategory is null)
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
    end
{%- endmacro %}

{#-
  Id, category and type of a commitment stand together; usage says whether it used the commitment or not; its purchase
  costs nothing itself and what it covered is billed at nothing.
-#}
{% macro focus_commitment_rule() -%}
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
    end
{%- endmacro %}

{#- Service category and subcategory are a pair of the seed focus_subcategories, joined as `allowed_category`. -#}
{% macro focus_service_rule() -%}
    case when allowed_category is null then 'a subcategory lies in its category' end
{%- endmacro %}
