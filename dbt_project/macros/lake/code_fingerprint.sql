{#-
  What the numbers are computed and judged by, as one hash: models, contracts, seeds, checks, macros, the settings they
  read, and dbt. Where it changes, nothing that was computed before is worth keeping. How a check ends, as a warning in
  finops and as a failure in dbt alone, changes no number, nor does which months are due. What is allocated by rules is
  computed anew by every build: a rule or a driver that changes makes no month due, but a key that rules ask for does.
-#}
{% macro code_fingerprint() %}
    {%- set parts = [dbt_version, engine_version()] -%}
    {%- set texts = [] -%}
    {%- for node in graph.nodes.values() | sort(attribute='unique_id') if node.package_name == project_name and node.resource_type in ('model', 'seed', 'test') -%}
        {%- do parts.append([node.unique_id, node.checksum.checksum, node.get('contract'), node.config.materialized]) -%}
        {%- do texts.append(node.raw_code) -%}
    {%- endfor -%}
    {%- for name, macro in context[project_name].items() | sort -%}
        {%- do texts.append(macro.macro.macro_sql) -%}
    {%- endfor -%}
    {%- set settings = modules.re.findall("\\bvar\\('(\\w+)'", texts | join(' ')) -%}
    {%- for setting in settings | unique | reject('in', settings_of_no_month()) | sort -%}
        {%- do parts.append([setting, var(setting)]) -%}
    {%- endfor -%}
    {{ return(local_md5(tojson(parts) ~ (texts | join('\n')))) }}
{% endmacro %}

{% macro engine_version() %}{{ return(adapter.dispatch('engine_version')()) }}{% endmacro %}

{% macro default__engine_version() %}{{ return('') }}{% endmacro %}

{% macro duckdb__engine_version() %}{{ return(run_query('select version()').columns[0].values()[0]) }}{% endmacro %}

{% macro settings_of_no_month() -%}
    {{ return(['severity_per_period', 'due_periods', 'allocation_rules', 'shared_cost_splits', 'drivers']) }}
{%- endmacro %}
