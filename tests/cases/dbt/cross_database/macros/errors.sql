{% macro check_errors() %}
  {{ dbt.get_columns_in_query('select 1 as a, 2 as b') | join(',') }}
  {% do run_query(dbt.get_empty_schema_sql({'a': {'name': 'a', 'data_type': 'int'}, 'b': {'name': 'b', 'data_type': 'text', 'quote': true}})) %}
  {{ dbt.nothing_like_it() }}
{% endmacro %}
{% macro wrong_bound() %}{{ dbt.get_powers_of_two(0) }}{% endmacro %}
{# A project may replace what the library does, for the bare name and, by dispatch, for dbt's. #}
