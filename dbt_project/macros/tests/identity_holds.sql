{#- One identity, on every bill. Rows are the months in which it does not hold. A warning holds no month back. -#}
{% test identity_holds(model, identity, is_warning=false) %}
{% if is_warning %}
{{ config(severity = 'warn') }}
{% else %}
{{ config(severity = var('severity_per_period'), tags = ['per_period']) }}
{% endif %}
select *
from {{ model }}
where identity = '{{ identity }}' and not holds
{% endtest %}
