{% macro make(kind) %}
  {% set name = 'history' %}
  {% if kind == 'view' %}{% do run_query('create view main.history as select 1 as id') %}
  {% elif kind == 'table' %}{% do run_query('drop view main.history; create table main.history as select 1 as id') %}
  {% else %}{% do run_query('drop table main.history') %}{% endif %}
  {% do adapter.commit() %}
{% endmacro %}
