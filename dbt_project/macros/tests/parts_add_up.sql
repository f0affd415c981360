{#- The parts of an amount are the whole of it, row by row, to the last digit. Of the periods that this build computed. -#}
{% test parts_add_up(model, whole, parts) %}
select *
from {{ model }}
where {{ whole }} <> {{ parts | join(' + ') }} and {{ is_due(after=1) }}
{% endtest %}
