{#-
  No two rows share the grain. Nulls count as equal, as they would in a group by. Of a large model only the periods that
  this build computed are asked, by the column `period`.
-#}
{% test unique_grain(model, columns, period=none) %}
select {{ columns | join(', ') }}, count(*) as row_count
from {{ model }}
{% if period -%}
where {{ is_due(period) }}
{% endif -%}
group by {{ columns | join(', ') }}
having count(*) > 1
{% endtest %}
