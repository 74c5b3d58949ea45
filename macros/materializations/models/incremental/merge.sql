{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {{ return(adapter.dispatch('get_delete_insert_merge_sql', 'dbt')(
      target, source, unique_key, dest_columns, incremental_predicates)) }}
{% endmacro %}

{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {{ return(adapter.dispatch('get_merge_sql', 'dbt')(
      target, source, unique_key, dest_columns, incremental_predicates)) }}
{% endmacro %}
