{% test min_rows(model, n) %}
select 1 from (select count(*) as c from {{ model }}) where c < {{ n }}
{% endtest %}
