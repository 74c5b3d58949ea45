{# Changes of the columns of a table. #}

{% macro alter_relation_add_remove_columns(relation, add_columns=none, remove_columns=none) %}
  {{ return(adapter.dispatch('alter_relation_add_remove_columns', 'dbt')(relation, add_columns, remove_columns)) }}
{% endmacro %}

{# One column per statement, which every database takes. #}
{% macro default__alter_relation_add_remove_columns(relation, add_columns, remove_columns) %}
  {% for column in add_columns or [] %}
    {% do run_query('alter table ' ~ relation ~ ' add column ' ~ column.quoted ~ ' ' ~ column.data_type) %}
  {% endfor %}
  {% for column in remove_columns or [] %}
    {% do run_query('alter table ' ~ relation ~ ' drop column ' ~ column.quoted) %}
  {% endfor %}
{% endmacro %}

{% macro alter_column_type(relation, column_name, new_column_type) %}
  {{ return(adapter.dispatch('alter_column_type', 'dbt')(relation, column_name, new_column_type)) }}
{% endmacro %}

{% macro default__alter_column_type(relation, column_name, new_column_type) %}
  {% do run_query('alter table ' ~ relation ~ ' alter column ' ~ adapter.quote(column_name)
      ~ ' set data type ' ~ new_column_type) %}
{% endmacro %}
