{#- Every row that was collected of a source, of all days; `is_latest` are those of the newest answer of a question. -#}
{% macro collected_rows(name) %}
    select landed.*, answers.is_latest
    from {{ source('collected', name) }} as landed
    inner join {{ ref('stg_collections__answers') }} as answers
        on
            answers.source = '{{ name }}'
            and answers.is_answered
            and landed.part = answers.part
            and landed.asked_account_id = answers.asked_account_id
            and landed.asked_region_id = answers.asked_region_id
            and {{ moment('landed.collected_at') }} = answers.collected_at
{% endmacro %}
