{#- What gp3 costs a month with operations and throughput above what it includes. Its prices stand in public ratios. -#}
{% macro gp3_cost(iops, mibps) -%}
    round(
            gp3_price * (
                size_gb
                + {{ var('gp3_iops_to_storage_price_ratio') }} * ({{ iops }})
                + {{ var('gp3_throughput_to_storage_price_ratio') }} * ({{ mibps }})
            ), 6
        )
{%- endmacro %}
