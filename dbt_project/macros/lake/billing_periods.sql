{#-
  Which billing periods a build computes: those whose accepted deliveries are not those that the last finished build was
  made from, and those of a build that did not finish. A bill's month stands in `build.period_states` with what it is
  `accepted` as now and what it was `built` from. Each change of that table is one statement: before the first row of a
  period changes it is no longer built, and it is built again only when every model and check of the run has passed. So
  a run that is killed or fails leaves its periods due.
-#}
{% macro begin_periods() %}{{ return(adapter.dispatch('begin_periods')()) }}{% endmacro %}

{#- On Athena the lake remembers, and `finops build` reads and writes what it does: dbt_project/periods.py. -#}
{% macro default__begin_periods() %}{% endmacro %}

{% macro duckdb__begin_periods() %}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}{{ return('') }}{%- endif -%}
    {%- set code = code_fingerprint() -%}
    {%- if flags.FULL_REFRESH or computed_by() != code -%}
        {%- do forget_what_was_computed() -%}
    {%- endif -%}
    {%- do run_query(periods_as_they_are(code)) -%}
    {{ return('') }}
{% endmacro %}

{#- The code that computed what is there, or nothing. -#}
{% macro computed_by() %}
    {%- if adapter.get_relation(target.database, 'build', 'period_states') is none -%}{{ return('') }}{%- endif -%}
    {%- set codes = run_query('select distinct code from build.period_states').columns[0].values() -%}
    {{ return(codes[0] if codes | length == 1 else '') }}
{% endmacro %}

{% macro forget_what_was_computed() %}
    {%- for node in graph.nodes.values() if node.config.materialized == 'incremental' -%}
        {%- set relation = adapter.get_relation(node.database, node.schema, node.alias) -%}
        {%- if relation is not none -%}{%- do adapter.drop_relation(relation) -%}{%- endif -%}
    {%- endfor -%}
    {%- do run_query('drop table if exists build.period_states') -%}
{% endmacro %}

{% macro periods_as_they_are(code) %}
create table if not exists build.period_states (
    billing_period varchar, accepted varchar, built varchar, code varchar
);
create or replace table build.period_states as
with accepted_now as (
    select
        billing_period,
        md5(string_agg({{ row_text(['source', 'export_name', 'delivery_id', 'accepted_at', 'turns', 'files', 'previous', 'payers', 'accounts']) }}, ';'
            order by source, export_name)) as accepted
    from landing.pointers
    group by billing_period
)
select
    coalesce(accepted_now.billing_period, before.billing_period) as billing_period,
    accepted_now.accepted,
    case when before.built = accepted_now.accepted then before.built end as built,
    '{{ code }}' as code
from accepted_now
full join build.period_states as before on accepted_now.billing_period = before.billing_period
{% endmacro %}

{#-
  A build is finished when every model and every check of the project has run, and none has failed. A month that is held
  back stays due all the same: it is judged again by each build, until it adds up.
-#}
{% macro finish_periods(results) %}{{ return(adapter.dispatch('finish_periods')(results)) }}{% endmacro %}

{% macro default__finish_periods(results) %}{% endmacro %}

{% macro duckdb__finish_periods(results) %}
    {%- if not execute or flags.WHICH != 'build' -%}{{ return('') }}{%- endif -%}
    {%- set passed = [] -%}
    {%- for result in results if result.status in ('success', 'pass', 'warn') -%}
        {%- do passed.append(result.node.unique_id) -%}
    {%- endfor -%}
    {%- for node in graph.nodes.values() if node.resource_type in ('model', 'seed', 'test') and node.unique_id not in passed -%}
        {{ return('') }}
    {%- endfor -%}
    {%- do run_query("create or replace table build.period_states as select billing_period, accepted, case when billing_period not in (" ~ periods_held_back() ~ ") then accepted end as built, code from build.period_states where accepted is not null") -%}
    {{ return('') }}
{% endmacro %}

{% macro periods_held_back() -%}
    select billing_period from marts.reconciliation where is_held_back or not is_reconciled
    union all
    select billing_period from marts.identities where holds_back and not holds
{%- endmacro %}

{#- The due periods of this build, or none where all are: to dbt alone, on Athena, every one is due. -#}
{% macro due_periods() %}{{ return(adapter.dispatch('due_periods')()) }}{% endmacro %}

{% macro default__due_periods() %}{{ return(var('due_periods', none)) }}{% endmacro %}

{% macro duckdb__due_periods() %}
    {%- if not execute or flags.WHICH not in ('build', 'run') -%}{{ return(none) }}{%- endif -%}
    {{ return(run_query('select billing_period from build.period_states where built is null order by 1').columns[0].values()) }}
{% endmacro %}

{#-
  Literals, not a subquery: so neither files nor rows of other periods are read. A model that compares months asks for
  so many months `before` and `after` each due one, too.
-#}
{% macro is_due(period='billing_period', before=0, after=0) -%}
    {%- set due = due_periods() -%}
    {%- if due is none -%}1 = 1
    {%- elif due | length == 0 -%}1 = 0
    {%- else -%}{{ period }} in ('{{ months_around(due, before, after) | join("', '") }}')
    {%- endif -%}
{%- endmacro %}

{#- Months, YYYY-MM, with so many before and after each of them; sorted, each once. -#}
{% macro months_around(months, before, after) -%}
    {%- set found = [] -%}
    {%- for month in months -%}
        {%- for step in range(-before, after + 1) -%}
            {%- set number = (month[:4] | int) * 12 + (month[5:] | int) - 1 + step -%}
            {%- do found.append('%04d-%02d' | format(number // 12, number % 12 + 1)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(found | unique | sort) }}
{%- endmacro %}

{#- The condition of an incremental model on what it reads: everything when it is computed for the first time. -#}
{% macro where_due(period='billing_period', before=0, after=0) -%}
    {%- if this and is_incremental() %}where {{ is_due(period, before, after) }}{% endif -%}
{%- endmacro %}

{#-
  Before its new rows come, a due period's old ones go, in one transaction; a bill that was withdrawn has no new ones. A
  model that looks back says with meta.months_after how many months a changed one reaches.
-#}
{% macro forget_due_periods() -%}
    {%- if this and is_incremental() and due_periods() != [] -%}
        delete from {{ this }}
        where {{ is_due(period_column(this), after=model.config.get('meta', {}).get('months_after', 0)) }}
    {%- endif -%}
{%- endmacro %}

{#- The column of a bill's month; the mart under the names of FOCUS has it under a name of that kind. -#}
{% macro period_column(relation) -%}
    {{ return('x_BillingPeriod' if relation.identifier == 'focus_1_2' else 'billing_period') }}
{%- endmacro %}
