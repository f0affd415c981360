{#- Who owns or protects a resource, by its tags as a JSON object and the service that operates it; null for nobody. -#}
{% macro owners_of(tags_text, managed_by) -%}
    nullif(
        concat_ws(
            ', ',
            {% for owner, tags in var('resource_owner_tags').items() -%}
            case
                when {% for tag in tags %}strpos({{ tags_text }}, '"{{ tag }}') > 0{{ ' or ' if not loop.last }}{% endfor %}
                    then '{{ owner }}'
            end,
            {% endfor -%}
            {{ managed_by }}
        ), ''
    )
{%- endmacro %}
