{#- FOCUS SkuPriceDetails of an instance, JSON with its keys in order; the properties that FOCUS has no name for are named as
   AWS names them in its own FOCUS export. The series of db.r7g.large and of r7g.large.search is r7g. -#}
{% macro sku_price_details(row) -%}
    '{"InstanceSeries":"' || replace(split_part(
            replace(replace(replace({{ row }}.x_instance_type, 'db.', ''), 'cache.', ''), 'ml.', ''), '.', 1
        ), '"', '')
        || '","InstanceType":"' || replace({{ row }}.x_instance_type, '"', '') || '"'
        {%- for key, column in [
            ('OperatingSystem', 'x_operating_system'), ('x_DatabaseEngine', 'x_database_engine'), ('x_Tenancy', 'x_tenancy'),
        ] %}
        || coalesce(',"{{ key }}":"' || replace({{ row }}.{{ column }}, '"', '') || '"', '')
        {%- endfor %}
        || '}'
{%- endmacro %}
