{#-
  What a charge tells of whose it is: the values of the tags that rules of allocation ask for, then of the cost
  categories, with a character between them that no value has. One column instead of two maps: maps are the dearest
  thing of a bill, so they are read once. Null where none of them is told.
-#}
{% macro allocation_values() -%}
    {%- set told = [] -%}
    {%- for key in var('allocation_tag_keys') -%}{%- do told.append(first_tag('tags', tag_spellings(key))) -%}{%- endfor -%}
    {%- for key in var('allocation_category_keys') -%}{%- do told.append(first_tag('cost_categories', [key])) -%}{%- endfor -%}
    {{ joined_values(told) }}
{%- endmacro %}

{#- A Cost and Usage Report puts `user_` before the key that people typed, FOCUS does not. -#}
{% macro tag_spellings(key) -%}{{ return(['user_' ~ key, key]) }}{%- endmacro %}

{#-
  Of each tag key that is asked for: the first other key of the charge that differs from it by case alone. A Cost and
  Usage Report has all keys in lower case, and has made one of two.
-#}
{% macro tag_key_variants() -%}
    {%- set told = [] -%}
    {%- for key in var('allocation_tag_keys') -%}{%- do told.append(key_but_for_case('tags', tag_spellings(key))) -%}{%- endfor -%}
    case when source = 'focus' then {{ joined_values(told) }} end
{%- endmacro %}

{% macro joined_values(values) -%}
    {%- if not values -%}cast(null as varchar){%- else -%}
    nullif(
        concat_ws(chr(31), {% for value in values %}coalesce({{ value }}, ''){{ ', ' if not loop.last }}{% endfor %}),
        concat_ws(chr(31), {{ (["''"] * (values | length)) | join(', ') }})
    )
    {%- endif -%}
{%- endmacro %}

{#- One of the joined values, from 1 on, or null. -#}
{% macro told_value(joined, number) -%}
    nullif(split_part({{ joined }}, chr(31), {{ number }}), '')
{%- endmacro %}

{#- The tags come first. -#}
{% macro has_any_tag(joined) -%}
    (1 = 0{% for key in var('allocation_tag_keys') %} or {{ told_value(joined, loop.index) }} is not null{% endfor %})
{%- endmacro %}

{#- What a rule looks at. -#}
{% macro looked_at(told, rules) -%}
    case {{ rules }}.match_on
        when 'account' then {{ told }}.sub_account_id
        when 'service' then {{ told }}.service_name
        when 'charge' then {{ told }}.charge_name
        when 'tag'
            then
                case {{ rules }}.match_key
                    when '' then cast(null as varchar)
                    {% for key in var('allocation_tag_keys') -%}
                    when '{{ key }}' then {{ told_value(told ~ '.allocation_values', loop.index) }}
                    {% endfor -%}
                end
        when 'cost_category'
            then
                case {{ rules }}.match_key
                    when '' then cast(null as varchar)
                    {% for key in var('allocation_category_keys') -%}
                    when '{{ key }}' then {{ told_value(told ~ '.allocation_values', var('allocation_tag_keys') | length + loop.index) }}
                    {% endfor -%}
                end
    end
{%- endmacro %}

{#- Equal, or beginning with what stands before a star at the end. -#}
{% macro fits(text, pattern) -%}
    case
        when {{ pattern }} like '%*' then starts_with({{ text }}, substr({{ pattern }}, 1, length({{ pattern }}) - 1))
        else {{ text }} = {{ pattern }}
    end
{%- endmacro %}
