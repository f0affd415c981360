-- What should carry a tag and does not, dearest first?
select
    tag_key,
    sub_account_name,
    service_name,
    billing_currency,
    untagged_cost,
    covered_pct_of_taggable_cost,
    resource_count - tagged_resource_count as untagged_resource_count
from ${marts}.tag_coverage
where
    billing_period = (select max(billing_period) from ${marts}.tag_coverage)
    and untagged_cost > 0
order by untagged_cost desc
limit 25
