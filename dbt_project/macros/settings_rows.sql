{#-
  The rows of a file that a user keeps in the folder `settings` of the lake, as `finops build` has read and checked it;
  where there is none, those of the seed of that name. All of it text, blank or null where nothing stands.
-#}
{% macro allocation_rules() -%}
    {%- set given = var('allocation_rules') -%}
    {%- if given -%}{{ literal_rows(given, ['dimension', 'place', 'match_on', 'match_key', 'match_value', 'target']) }}
    {%- else -%}select dimension, cast(place as varchar) as place, match_on, match_key, match_value, target from {{ ref('allocation_rules') }}
    {%- endif -%}
{%- endmacro %}

{% macro shared_cost_splits() -%}
    {%- set given = var('shared_cost_splits') -%}
    {%- if given -%}{{ literal_rows(given, ['shared_pool', 'method', 'team', 'percentage', 'driver_name']) }}
    {%- else -%}select shared_pool, method, team, cast(percentage as varchar) as percentage, driver_name from {{ ref('shared_cost_splits') }}
    {%- endif -%}
{%- endmacro %}

{% macro drivers() -%}
    {{ literal_rows(var('drivers'), ['month', 'driver_name', 'quantity', 'team', 'service_name']) }}
{%- endmacro %}

{% macro literal_rows(rows, columns) -%}
    select {% for column in columns %}cast({{ column }} as varchar) as {{ column }}{{ ', ' if not loop.last }}{% endfor %}
    from (
        values
        {%- for row in rows or [{}] %}
        ({% for column in columns %}'{{ (row.get(column) or '') | string | replace("'", "''") }}'{{ ', ' if not loop.last }}{% endfor %}){{ ',' if not loop.last }}
        {%- endfor %}
    ) as given ({{ columns | join(', ') }})
    {{- '' if rows else ' where 1 = 0' }}
{%- endmacro %}
