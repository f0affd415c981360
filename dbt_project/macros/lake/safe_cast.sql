{#-
  dbt casts the rows of a unit test to the types of the columns that they stand for. What DuckDB reads and Trino does not is
  written otherwise here: a moment of YAML, which dbt tells with a T; a map, which rows tell as '{k=v, l=w}' and dbt-athena
  types as Hive writes it, map<string,string>.
-#}
{% macro athena__safe_cast(field, type) -%}
    {%- set told = field | string | trim -%}
    {%- set type = type | replace('<', '(') | replace('>', ')') | replace('string', 'varchar') -%}
    {%- if type.startswith('timestamp') -%}
        {%- set told = modules.re.sub("^'(\\d{4}-\\d\\d-\\d\\d)T", "'\\1 ", told) -%}
    {%- elif type.startswith('map') and told.startswith("'{") -%}
        {%- set pairs = modules.re.findall('([^=, ]+)=([^,]*)', told[2:-2]) -%}
        {%- set told = "map(array['" ~ pairs | map('first') | join("', '") ~ "'], array['" ~ pairs | map('last') | join("', '") ~ "'])" -%}
    {%- endif -%}
    try_cast({{ told }} as {{ type }})
{%- endmacro %}
