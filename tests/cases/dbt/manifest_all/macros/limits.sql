{% macro limit_of(what) %}{{ 18 if what == 'age' else 0 }}{% endmacro %}
{% test row_count(model, least) %}select 1 from (select count(*) as n from {{ model }}) where n < {{ least }}{% endtest %}
