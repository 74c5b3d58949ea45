{# The steps of a seed: each runs its SQL and returns it. Projects override them one by one. #}

{% macro create_csv_table(model, agate_table) -%}
  {{ return(adapter.dispatch('create_csv_table', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{% macro default__create_csv_table(model, agate_table) %}
  {% set chosen = model.config.column_types or {} %}
  {% set columns = [] %}
  {% for name in agate_table.column_names %}
    {% set type = chosen.get(name, adapter.convert_type(agate_table, loop.index0)) %}
    {% do columns.append(adapter.quote_seed_column(name, model.config.quote_columns) ~ ' ' ~ type) %}
  {% endfor %}
  {% set sql %}
    create table {{ this.render() }} ({{ columns | join(', ') }})
  {% endset %}
  {% call statement('create_csv_table') -%}
    {{ sql }}
  {%- endcall %}
  {% do return(sql) %}
{% endmacro %}

{% macro reset_csv_table(model, full_refresh, old_relation, agate_table) -%}
  {{ return(adapter.dispatch('reset_csv_table', 'dbt')(model, full_refresh, old_relation, agate_table)) }}
{%- endmacro %}

{% macro default__reset_csv_table(model, full_refresh, old_relation, agate_table) %}
  {% if full_refresh %}
    {% do adapter.drop_relation(old_relation) %}
    {% do return(create_csv_table(model, agate_table)) %}
  {% endif %}
  {% do adapter.truncate_relation(old_relation) %}
  {% do return('truncate table ' ~ old_relation) %}
{% endmacro %}

{% macro load_csv_rows(model, agate_table) -%}
  {{ return(adapter.dispatch('load_csv_rows', 'dbt')(model, agate_table)) }}
{%- endmacro %}

{# Statements of get_batch_size() rows, whose values are bound. Returns the text of the first one. #}
{% macro default__load_csv_rows(model, agate_table) %}
  {% set columns = get_seed_column_quoted_csv(model, agate_table.column_names) %}
  {% set marks = [get_binding_char()] * (agate_table.column_names | length) %}
  {% set row_text = '(' ~ (marks | join(',')) ~ ')' %}
  {% set statements = [] %}
  {% for rows in agate_table.rows | batch(get_batch_size()) %}
    {% set values = [] %}
    {% for row in rows %}
      {% do values.extend(row.values()) %}
    {% endfor %}
    {% set row_texts = [row_text] * (rows | length) %}
    {% set sql = 'insert into ' ~ this ~ ' (' ~ columns ~ ') values ' ~ (row_texts | join(',')) %}
    {% do adapter.add_query(sql, bindings=values, abridge_sql_log=true) %}
    {% do statements.append(sql) %}
  {% endfor %}
  {% do return(statements | first | default('')) %}
{% endmacro %}

{% macro get_csv_sql(create_or_truncate_sql, insert_sql) -%}
  {{ adapter.dispatch('get_csv_sql', 'dbt')(create_or_truncate_sql, insert_sql) }}
{%- endmacro %}

{% macro default__get_csv_sql(create_or_truncate_sql, insert_sql) -%}
  {{ create_or_truncate_sql }};
  {{ insert_sql }}
{%- endmacro %}

{% macro get_binding_char() -%}
  {{ return(adapter.dispatch('get_binding_char', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_binding_char() %}
  {% do return('%s') %}
{% endmacro %}

{% macro get_batch_size() -%}
  {{ return(adapter.dispatch('get_batch_size', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_batch_size() %}
  {% do return(10000) %}
{% endmacro %}

{% macro get_seed_column_quoted_csv(model, column_names) %}
  {% set quoted = [] %}
  {% for name in column_names %}
    {% do quoted.append(adapter.quote_seed_column(name, model.config.quote_columns)) %}
  {% endfor %}
  {% do return(quoted | join(', ')) %}
{% endmacro %}
