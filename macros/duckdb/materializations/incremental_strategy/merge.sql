{% macro duckdb__get_incremental_merge_sql(arg_dict) %}
  {% do return(duckdb__get_merge_sql(
      arg_dict['target_relation'], arg_dict['temp_relation'], arg_dict['unique_key'], arg_dict['dest_columns'],
      arg_dict.get('incremental_predicates'))) %}
{% endmacro %}

{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set only = config.get('merge_update_columns', []) -%}
  {%- set without = config.get('merge_exclude_columns', []) -%}
  {%- set expressions = config.get('merge_update_set_expressions', {}) -%}
  {%- set chosen = only or without or expressions -%}
  {%- set updated = get_merge_update_columns(only, without, dest_columns) if chosen else none -%}
  {%- set insert_condition = config.get('merge_insert_condition') -%}
  {%- set update_condition = config.get('merge_update_condition') %}
    {{ config.get('sql_header', '') }}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns'), incremental_predicates) }}
    when matched {{ 'and ' ~ update_condition if update_condition }} then
      {{ duckdb__merge_update_clause(updated, expressions) }}
    when not matched {{ 'and ' ~ insert_condition if insert_condition }} then
      insert by name
{% endmacro %}

{# Which rows are the same: by the columns of merge_on_using_columns, else by the unique key; without one, none. #}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) %}
  {%- set keys = [unique_key] if unique_key is string else (unique_key or []) -%}
  {%- set conditions = [] -%}
  {%- if not merge_on_using_columns -%}
    {%- for key in keys -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
    {%- if not keys -%}
      {%- do conditions.append('false') -%}
    {%- endif -%}
  {%- endif -%}
  {%- set given = incremental_predicates or [] -%}
  {%- do conditions.extend([given] if given is string else given) -%}
  {%- if merge_on_using_columns -%}
    using ({{ merge_on_using_columns | join(', ') }})
  {%- endif -%}
  {%- if conditions %}
    on ({{ conditions | join(') and (') }})
  {%- endif -%}
{% endmacro %}

{# All columns by name, unless the model says which ones, or to what. #}
{% macro duckdb__merge_update_clause(columns, expressions) %}
  {%- if columns is none -%}
    update by name
  {%- else -%}
    {%- set changes = [] -%}
    {%- for name, expression in expressions.items() -%}
      {%- do changes.append(name ~ ' = ' ~ expression) -%}
    {%- endfor -%}
    {%- for column in columns if column | replace('"', '') not in expressions -%}
      {%- do changes.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
    {%- endfor -%}
    update set {{ changes | join(', ') }}
  {%- endif -%}
{% endmacro %}
