{#-
  How far an identity may be off. AWS rounds what a covered line costs to eight places and its sum not at all, so a sum
  drifts by up to half of the eighth place per line; on published real bills by less than half of that.
-#}
{% macro rounding(line_count) -%}
    cast({{ var('rounding_per_identity') }} + {{ var('rounding_per_covered_line') }} * {{ line_count }} as decimal(38, 10))
{%- endmacro %}
