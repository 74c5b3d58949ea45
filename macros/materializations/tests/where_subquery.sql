{# The relation, or with `where` a query of the rows that are to be tested. #}
{% macro get_where_subquery(relation) -%}
  {% do return(adapter.dispatch('get_where_subquery', 'dbt')(relation)) %}
{%- endmacro %}

{% macro default__get_where_subquery(relation) -%}
  {% set where = config.get('where', '') %}
  {% if where %}
    {% do return('(select * from ' ~ relation ~ ' where ' ~ where ~ ') dbt_subquery') %}
  {% else %}
    {% do return(relation) %}
  {% endif %}
{%- endmacro %}
