{#- One identity, on every bill. Rows are the months in which it does not hold. -#}
{% test identity_holds(model, identity) %}
select *
from {{ model }}
where identity = '{{ identity }}' and not holds
{% endtest %}
