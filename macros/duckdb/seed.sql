{% macro duckdb__get_binding_char() %}
  {% do return(adapter.get_binding_char()) %}
{% endmacro %}

{% macro duckdb__get_batch_size() %}
  {% do return(10000) %}
{% endmacro %}

{# DuckDB reads the file itself, unless the seed has fast: false. #}
{% macro duckdb__load_csv_rows(model, agate_table) %}
  {% if not config.get('fast', true) %}
    {% do return(default__load_csv_rows(model, agate_table)) %}
  {% endif %}
  {% set path = adapter.get_seed_file_path(model) | replace("'", "''") %}
  {% set delimiter = config.get('delimiter', ',') | replace("'", "''") %}
  {% set sql %}
    copy {{ this }} from '{{ path }}' (format csv, header true, delimiter '{{ delimiter }}')
  {% endset %}
  {% do adapter.add_query(sql, abridge_sql_log=true) %}
  {% do return(sql) %}
{% endmacro %}
