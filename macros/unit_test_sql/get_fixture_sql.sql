{# The rows of a fixture as a query. Without types, those of the relation it stands for. #}
{% macro get_fixture_sql(rows, column_name_to_data_types) %}
-- Fixture for {{ model.name }}
{% set names = {} -%}
{%- if not column_name_to_data_types -%}
  {%- set column_name_to_data_types = {} -%}
  {%- set relation = defer_relation if defer_relation and not load_relation(this) else this -%}
  {%- set columns = get_columns_for_unit_tests(relation) -%}
  {%- if not columns -%}
    {%- do exceptions.raise_compiler_error(
        "Not able to get columns for unit test '" ~ model.name ~ "' from relation " ~ this
        ~ " because the relation doesn't exist") -%}
  {%- endif -%}
  {%- for column in columns -%}
    {%- do column_name_to_data_types.update({column.name | lower: column.data_type}) -%}
    {%- do names.update({column.name | lower: column.quoted}) -%}
  {%- endfor -%}
{%- else -%}
  {%- for name in column_name_to_data_types -%}
    {%- do names.update({name: adapter.quote(name)}) -%}
  {%- endfor -%}
{%- endif -%}

{%- set absent = {} -%}
{%- for name, type in column_name_to_data_types.items() -%}
  {%- do absent.update({name: 'cast(null as ' ~ type ~ ')'}) -%}
{%- endfor -%}

{%- for row in rows -%}
  {%- do validate_fixture_rows(rows, loop.index) -%}
  {%- set given = format_row(row, column_name_to_data_types) -%}
  {%- set cells = [] -%}
  {%- for name in names -%}
    {%- do cells.append(given.get(name, absent[name]) ~ ' as ' ~ names[name]) -%}
  {%- endfor -%}
select {{ cells | join(', ') }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor -%}

{%- if (rows | length) == 0 -%}
  {%- set cells = [] -%}
  {%- for name in names -%}
    {%- do cells.append(absent[name] ~ ' as ' ~ names[name]) -%}
  {%- endfor -%}
select {{ cells | join(', ') }}
    limit 0
{%- endif -%}
{% endmacro %}

{# The expected rows as a query; none at all are those of the model without rows. #}
{% macro get_expected_sql(rows, column_name_to_data_types, column_name_to_quoted) %}
{%- if (rows | length) == 0 -%}
select * from dbt_internal_unit_test_actual
    limit 0
{%- else -%}
{%- for row in rows -%}
  {%- set cells = [] -%}
  {%- for name, value in format_row(row, column_name_to_data_types).items() -%}
    {%- do cells.append(value ~ ' as ' ~ column_name_to_quoted[name]) -%}
  {%- endfor -%}
select {{ cells | join(', ') }}
{%- if not loop.last %}
union all
{% endif -%}
{%- endfor -%}
{%- endif -%}
{% endmacro %}

{# A row's values as SQL, each of the type of its column, by the column's name in lower case. #}
{% macro format_row(row, column_name_to_data_types) %}
  {%- set cells = {} -%}
  {%- for name, value in row.items() -%}
    {%- set key = name | lower -%}
    {%- if key not in column_name_to_data_types -%}
      {%- set wanted = "'" ~ model.name ~ "'" if model.resource_type != 'unit_test' else 'expected output' -%}
      {%- do exceptions.raise_compiler_error(
          "Invalid column name: '" ~ key ~ "' in unit test fixture for " ~ wanted ~ "."
          ~ "\nAccepted columns for " ~ wanted ~ " are: " ~ (column_name_to_data_types.keys() | list)) -%}
    {%- endif -%}
    {%- set type = column_name_to_data_types[key] -%}
    {%- if value is none -%}
      {%- do cells.update({key: safe_cast('null', type)}) -%}
    {%- elif value is string -%}
      {#- a text is not cut to the length of its column -#}
      {%- set type = 'character varying' if type.startswith('character varying(') else type -%}
      {%- do cells.update({key: safe_cast(string_literal(escape_single_quotes(value)), type)}) -%}
    {%- else -%}
      {%- do cells.update({key: safe_cast(value, type)}) -%}
    {%- endif -%}
  {%- endfor -%}
  {{ return(cells) }}
{%- endmacro %}

{# For databases that cannot take some rows; this one takes all. #}
{% macro validate_fixture_rows(rows, row_number) -%}
  {{ return(adapter.dispatch('validate_fixture_rows', 'dbt')(rows, row_number)) }}
{%- endmacro %}

{% macro default__validate_fixture_rows(rows, row_number) -%}
{%- endmacro %}

{% macro get_columns_for_unit_tests(relation) -%}
  {{ return(adapter.dispatch('get_columns_for_unit_tests', 'dbt')(relation)) }}
{%- endmacro %}

{% macro default__get_columns_for_unit_tests(relation) -%}
  {{ return(adapter.get_columns_in_relation(relation)) }}
{%- endmacro %}
