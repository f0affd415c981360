{#-
  How many different moments there are in a group whose moments lie on one day. DuckDB keeps a table of all that it counts
  apart, with the keys of their groups: of thirty million charges it does not fit into memory. Full hours, which nearly
  all charges begin at, are bits of one number instead.
-#}
{% macro count_starts(moment) %}{{ return(adapter.dispatch('count_starts')(moment)) }}{% endmacro %}

{% macro default__count_starts(moment) %}count(distinct {{ moment }}){% endmacro %}

{% macro duckdb__count_starts(moment) -%}
    (
        coalesce(
            bit_count(
                bit_or(
                    case
                        when {{ moment }} = date_trunc('hour', {{ moment }})
                            then cast(1 as bigint) << cast(date_part('hour', {{ moment }}) as integer)
                    end
                )
            ), 0
        ) + count(distinct {{ moment }}) filter (where {{ moment }} <> date_trunc('hour', {{ moment }}))
    )
{%- endmacro %}
