{#- The last part of an id or ARN: vol-1 of arn:aws:ec2:eu-west-1:1:volume/vol-1. -#}
{% macro resource_name(resource_id) -%}
    regexp_extract({{ resource_id }}, '[^/:]+$')
{%- endmacro %}

{#- What an act was for that shall cost less from then on. To start, to tag and to tell cost nothing less. -#}
{% macro acts_that_save() -%}
    verb in ('delete', 'release', 'stop', 'resize', 'convert', 'record')
{%- endmacro %}

{#-
  The months around what actions did: one before and two after each act. Of others no resource's days are read. In a list,
  so that Athena opens their partitions alone; asked for once, when the model is compiled.
-#}
{% macro months_of_acts() -%}
    {%- if not execute or load_relation(source('landing', 'acts')) is none -%}{{ return([]) }}{%- endif -%}
    {%- set asked -%}
        select distinct substr(acted_at, 1, 7) from {{ source('landing', 'acts') }}
        where {{ acts_that_save() }}
    {%- endset -%}
    {%- set months = [] -%}
    {%- for month in run_query(asked).columns[0].values() | reject('none') -%}
        {%- set number = (month[:4] | int) * 12 + (month[5:7] | int) - 1 -%}
        {%- for near in range(number - 1, number + 3) -%}
            {%- do months.append('%04d-%02d' | format(near // 12, near % 12 + 1)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(months | unique | sort) }}
{%- endmacro %}

{#-
  What became of an act's saving. Nothing is said before so many whole days; a resource that is not on the bill any more,
  though it was only changed, somebody else took away.
-#}
{% macro realized_status(saved) -%}
    case
        when {{ saved }}.days_after < {{ var('realized_min_days') }} then 'PENDING'
        when {{ saved }}.daily_cost is null then 'NO_EFFECT'
        when {{ saved }}.verb in ('resize', 'convert') and {{ saved }}.actual_cost = 0 then 'VANISHED'
        when
            cast({{ saved }}.saved_cost as double)
            < {{ var('realized_min_share') }} * cast({{ saved }}.expected_cost as double)
            then 'NO_EFFECT'
        when
            cast({{ saved }}.newest_cost as double)
            > (1 - {{ var('realized_min_share') }}) * {{ saved }}.daily_cost * {{ var('realized_days_again') }}
            then 'REGRESSED'
        else 'CONFIRMED'
    end
{%- endmacro %}
