{#- What a bill, an inventory and a recommendation call the same: the end of an ARN, or the bare id. -#}
{% macro resource_key(resource_id) -%}
    regexp_replace({{ resource_id }}, '^.*[/:]', '')
{%- endmacro %}

{#- Which question of the inventory tells of what a bill names so; null where none does. -#}
{% macro billed_part(resource_id) -%}
    case
        when {{ resource_id }} like 'i-%' or {{ resource_id }} like '%:instance/i-%' then 'instance'
        when {{ resource_id }} like 'vol-%' or {{ resource_id }} like '%:volume/vol-%' then 'volume'
        when {{ resource_id }} like 'snap-%' or {{ resource_id }} like '%:snapshot/snap-%' then 'snapshot'
        when {{ resource_id }} like 'eipalloc-%' or {{ resource_id }} like '%:elastic-ip/eipalloc-%' then 'address'
        when {{ resource_id }} like 'nat-%' or {{ resource_id }} like '%:natgateway/nat-%' then 'nat_gateway'
        when
            {{ resource_id }} like '%:loadbalancer/app/%'
            or {{ resource_id }} like '%:loadbalancer/net/%'
            or {{ resource_id }} like '%:loadbalancer/gwy/%'
            then 'load_balancer'
        when {{ resource_id }} like 'arn:%:elasticloadbalancing:%:loadbalancer/%' then 'classic_load_balancer'
        when {{ resource_id }} like 'arn:%:rds:%:db:%' then 'database'
        when {{ resource_id }} like 'arn:%:rds:%:cluster:%' then 'database_cluster'
    end
{%- endmacro %}
