{# What a contract makes of a create statement. #}

{% macro has_enforced_contract() %}
  {% do return(config.get('contract') is not none and config.get('contract').enforced) %}
{% endmacro %}

{# "(id integer not null, ..., primary key (id))" #}
{% macro get_table_columns_and_constraints() -%}
  {{ adapter.dispatch('get_table_columns_and_constraints', 'dbt')() }}
{%- endmacro %}

{% macro default__get_table_columns_and_constraints() -%}
  {{ return(table_columns_and_constraints()) }}
{%- endmacro %}

{% macro table_columns_and_constraints() %}
  {%- set parts = adapter.render_raw_columns_constraints(raw_columns=model['columns'])
      + adapter.render_raw_model_constraints(raw_constraints=model['constraints']) %}
  (
    {{ parts | join(',\n    ') }}
  )
{% endmacro %}

{# Fails when the query does not give the columns of the contract. #}
{% macro get_assert_columns_equivalent(sql) -%}
  {{ adapter.dispatch('get_assert_columns_equivalent', 'dbt')(sql) }}
{%- endmacro %}

{% macro default__get_assert_columns_equivalent(sql) -%}
  {{ return(assert_columns_equivalent(sql)) }}
{%- endmacro %}

{% macro assert_columns_equivalent(sql) -%}
  {%- if not model['columns'] -%}
    {%- do exceptions.raise_contract_error([], []) -%}
  {%- endif -%}
  {%- set defined = format_columns(get_column_schema_from_query(sql, config.get('sql_header'))) -%}
  {%- set wanted = format_columns(get_column_schema_from_query(get_empty_schema_sql(model['columns']))) -%}
  {%- set matches = defined | length == wanted | length and (defined | rejectattr('formatted', 'in',
      wanted | map(attribute='formatted') | list) | list | length == 0) -%}
  {%- if not matches -%}
    {%- do exceptions.raise_contract_error(wanted, defined) -%}
  {%- endif -%}
{%- endmacro %}

{% macro format_columns(columns) %}
  {% set formatted = [] %}
  {% for column in columns %}
    {% do formatted.append(adapter.dispatch('format_column', 'dbt')(column)) %}
  {% endfor %}
  {% do return(formatted) %}
{% endmacro %}

{% macro default__format_column(column) -%}
  {% do return({
      'name': column.column,
      'data_type': column.dtype,
      'formatted': column.column ~ ' ' ~ column.dtype,
  }) %}
{%- endmacro %}
