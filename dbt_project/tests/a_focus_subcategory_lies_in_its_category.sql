-- noqa: disable=capitalisation.identifiers
-- Service category and subcategory are a pair that FOCUS 1.2 allows.
select distinct
    charges.ServiceCategory,
    charges.ServiceSubcategory
from {{ ref('focus_1_2') }} as charges
left join {{ ref('focus_subcategories') }} as allowed
    on charges.ServiceCategory = allowed.service_category
        and charges.ServiceSubcategory = allowed.service_subcategory
where allowed.service_category is null and {{ is_due('charges.x_BillingPeriod') }}
