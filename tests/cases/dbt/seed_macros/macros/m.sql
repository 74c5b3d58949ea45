{% macro create_csv_table(model, agate_table) %}
  {{ log('columns ' ~ agate_table.column_names ~ ' rows ' ~ (agate_table.rows | length)) }}
  {% set sql %}
    create table {{ this.render() }} (
      {%- for c in agate_table.column_names %}{{ adapter.quote_seed_column(c, none) }} varchar, {% endfor -%}
      loaded_by varchar default 'me')
  {% endset %}
  {% call statement('_') %}{{ sql }}{% endcall %}
  {{ return(sql) }}
{% endmacro %}
{% macro load_csv_rows(model, agate_table) %}
  {% set sql %}
    insert into {{ this }} ({{ get_seed_column_quoted_csv(model, agate_table.column_names) }}) values
    {% for row in agate_table.rows %}('{{ row[0] }}', '{{ row['name'] }}'){{ ',' if not loop.last }}{% endfor %}
  {% endset %}
  {% do adapter.add_query(sql, bindings=[], abridge_sql_log=True) %}
  {{ return(sql) }}
{% endmacro %}
