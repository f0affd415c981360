"""The 60 columns of a FOCUS 1.2 export with AWS's own, in the order AWS writes them: the alphabet, then `x_`.

Kinds are those of `columns.py`: number is never null, unknown_number is null where it does not apply, as is a map.
"""

from __future__ import annotations

from ingestion.synthetic.columns import Kind, read_columns

_LISTED = """
text: AvailabilityZone
number: BilledCost
text: BillingAccountId BillingAccountName BillingAccountType BillingCurrency
timestamp: BillingPeriodEnd BillingPeriodStart
text: CapacityReservationId CapacityReservationStatus ChargeCategory ChargeClass ChargeDescription ChargeFrequency
timestamp: ChargePeriodEnd ChargePeriodStart
text: CommitmentDiscountCategory CommitmentDiscountId CommitmentDiscountName
unknown_number: CommitmentDiscountQuantity
text: CommitmentDiscountStatus CommitmentDiscountType CommitmentDiscountUnit
unknown_number: ConsumedQuantity
text: ConsumedUnit
number: ContractedCost
unknown_number: ContractedUnitPrice
number: EffectiveCost
text: InvoiceId InvoiceIssuerName
number: ListCost
unknown_number: ListUnitPrice
text: PricingCategory PricingCurrency
unknown_number: PricingCurrencyContractedUnitPrice PricingCurrencyEffectiveCost PricingCurrencyListUnitPrice
  PricingQuantity
text: PricingUnit ProviderName PublisherName RegionId RegionName ResourceId ResourceName ResourceType ServiceCategory
  ServiceName ServiceSubcategory SkuId SkuMeter
map_text: SkuPriceDetails
text: SkuPriceId SubAccountId SubAccountName SubAccountType
map_text: Tags
map_double: x_Discounts
text: x_Operation x_ServiceCode
"""

FOCUS_COLUMNS: tuple[tuple[str, Kind], ...] = read_columns(_LISTED)
