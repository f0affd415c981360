{{ config(severity = 'warn') }}
-- A type that is not in the seed line_item_types counts with its billed cost: right for the invoice, perhaps not for
-- amortization. Somebody should look it up.
select distinct charges.x_line_item_type
from {{ ref('int_costs__summed') }} as charges
left join {{ ref('line_item_types') }} as types on charges.x_charge_kind = types.charge_kind
where types.charge_kind is null
