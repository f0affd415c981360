{#- One identity, on every bill. Rows are the months in which it does not hold. -#}
{% test identity_holds(model, identity) %}
{{ config(severity = var('severity_per_period'), tags = ['per_period']) }}
select *
from {{ model }}
where identity = '{{ identity }}' and not holds
{% endtest %}
