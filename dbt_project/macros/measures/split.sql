{#-
  A pod's or task's part of its host's cost: what it used or reserved, and its part of what nobody used. The host's own
  line has the cost: this only says whose it is. Null on every other line.
-#}
{% macro split_amortized_cost() -%}
    case
        when split_parent_resource_id is not null
            then {{ amount_or_zero('split_cost') }} + {{ amount_or_zero('split_unused_cost') }}
    end
{%- endmacro %}

{% macro split_effective_cost() -%}
    case
        when split_parent_resource_id is not null
            then
                {{ amount_or_zero(net_if_there('net_split_cost', 'split_cost')) }}
                + {{ amount_or_zero(net_if_there('net_split_unused_cost', 'split_unused_cost')) }}
    end
{%- endmacro %}

{#- A spot host has no public price, null or 0.0: its cost is its list price, and so of its parts. -#}
{% macro split_list_cost() -%}
    case
        when split_parent_resource_id is not null
            then
                coalesce(
                    nullif({{ amount_or_zero('public_split_cost') }} + {{ amount_or_zero('public_split_unused_cost') }}, 0),
                    {{ split_amortized_cost() }}
                )
    end
{%- endmacro %}
