-- Nothing eligible is told twice or left out: what plans and reservations covered and what was on demand is all of it,
-- in money and, where they are known, in hours.
select *
from {{ ref('commitment_coverage') }}
where
    eligible_list_cost <> plan_covered_list_cost + reservation_covered_list_cost + on_demand_list_cost
    or abs(eligible_hours - plan_covered_hours - reservation_covered_hours - on_demand_hours) > 0.001
