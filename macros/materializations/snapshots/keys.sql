{# The key of a snapshot is an expression or a list of them; in its queries each has a column of its own. #}

{% macro unique_key_fields(unique_key) %}
  {% if unique_key is string %}
    {%- do return(unique_key ~ ' as dbt_unique_key') -%}
  {% endif %}
  {% set fields = [] %}
  {% for key in unique_key %}
    {% do fields.append(key ~ ' as dbt_unique_key_' ~ loop.index) %}
  {% endfor %}
  {%- do return(fields | join(', ')) -%}
{% endmacro %}

{% macro unique_key_join_on(unique_key, identifier, from_identifier) %}
  {% set conditions = [] %}
  {% for column in snapshot_key_columns(unique_key) %}
    {% do conditions.append(identifier ~ '.' ~ column ~ ' = ' ~ from_identifier ~ '.' ~ column) %}
  {% endfor %}
  {%- do return(conditions | join(' and ')) -%}
{% endmacro %}

{% macro unique_key_is_null(unique_key, identifier) %}
  {%- do return(identifier ~ '.' ~ snapshot_key_columns(unique_key)[0] ~ ' is null') -%}
{% endmacro %}

{% macro unique_key_is_not_null(unique_key, identifier) %}
  {%- do return(identifier ~ '.' ~ snapshot_key_columns(unique_key)[0] ~ ' is not null') -%}
{% endmacro %}

{% macro snapshot_key_columns(unique_key) %}
  {% if unique_key is string %}
    {% do return(['dbt_unique_key']) %}
  {% endif %}
  {% set columns = [] %}
  {% for key in unique_key %}
    {% do columns.append('dbt_unique_key_' ~ loop.index) %}
  {% endfor %}
  {% do return(columns) %}
{% endmacro %}

{# The names of the columns that a snapshot adds, as configured. #}
{% macro get_snapshot_table_column_names() %}
  {% set names = {} %}
  {% set given = config.get('snapshot_meta_column_names') or {} %}
  {% for name in ['dbt_valid_to', 'dbt_valid_from', 'dbt_scd_id', 'dbt_updated_at', 'dbt_is_deleted'] %}
    {% do names.update({name: given.get(name) or name}) %}
  {% endfor %}
  {% do return(names) %}
{% endmacro %}

{# The end of a row that is still valid, of the type that ends have. #}
{% macro snapshot_open_end(strategy) %}
  {%- set open_end = config.get('dbt_valid_to_current') or 'null' -%}
  {%- do return('coalesce(nullif(' ~ strategy.updated_at ~ ', ' ~ strategy.updated_at ~ '), ' ~ open_end ~ ')') -%}
{% endmacro %}

{% macro get_dbt_valid_to_current(strategy, columns) %}
  {%- do return(snapshot_open_end(strategy) ~ ' as ' ~ columns.dbt_valid_to) -%}
{% endmacro %}
