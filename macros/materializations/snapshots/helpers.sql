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

{# The type of the time at which rows changed; none where the query has no such column. #}
{% macro get_updated_at_column_data_type(snapshot_sql) %}
  {% set name = get_snapshot_table_column_names().dbt_updated_at | lower %}
  {% for column in get_column_schema_from_query(snapshot_sql) if column.name | lower == name %}
    {% do return(column.dtype) %}
  {% endfor %}
  {% do return(none) %}
{% endmacro %}

{# A time that becomes a timestamp by rounding, or a text, makes for surprising history. #}
{% macro check_time_data_types(sql) %}
  {% set found = get_updated_at_column_data_type(sql) %}
  {% set wanted = get_snapshot_get_time_data_type() %}
  {% if found is not none and wanted is not none and found != wanted %}
    {% do exceptions.warn_snapshot_timestamp_data_types(wanted, found) %}
  {% endif %}
{% endmacro %}

{# The queries of snapshots. #}

{# The rows of the first run. #}
{% macro build_snapshot_table(strategy, sql) -%}
  {{ adapter.dispatch('build_snapshot_table', 'dbt')(strategy, sql) }}
{% endmacro %}

{% macro default__build_snapshot_table(strategy, sql) -%}
  {% set names = get_snapshot_table_column_names() %}
    select *,
      {{ snapshot_row_columns(strategy, names) }}
      {{ ", 'False' as " ~ names.dbt_is_deleted if strategy.hard_deletes == 'new_record' }}
    from (
      {{ sql }}
    ) as source_data
{% endmacro %}

{# What a row of the source gets when it becomes valid. #}
{% macro snapshot_row_columns(strategy, names) %}
      {{ strategy.scd_id }} as {{ names.dbt_scd_id }},
      {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
      {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
      {{ get_dbt_valid_to_current(strategy, names) }}
{% endmacro %}

{# Rows of the target that are still valid. #}
{% macro snapshot_is_open(column) %}
  {%- set open_end = config.get('dbt_valid_to_current') -%}
  {%- do return('(' ~ column ~ ' is null' ~ (' or ' ~ column ~ ' = ' ~ open_end if open_end else '') ~ ')') -%}
{% endmacro %}

{# What is to be done to the target, as rows: `update` and `delete` close the row of their hash, `insert` adds one. #}
{% macro snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {{ adapter.dispatch('snapshot_staging_table', 'dbt')(strategy, source_sql, target_relation) }}
{% endmacro %}

{% macro default__snapshot_staging_table(strategy, source_sql, target_relation) -%}
  {% set names = get_snapshot_table_column_names() %}
  {% set key = strategy.unique_key %}
  {% set told = strategy.hard_deletes == 'new_record' %}
  {% set changed %}
    from source_data
    left join snapshotted_data on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') }}
  {% endset %}
  {% set differs %}
    {{ strategy.row_changed }}{{ ' or snapshotted_data.' ~ names.dbt_is_deleted ~ " = 'True'" if told }}
  {% endset %}
    with snapshotted_data as (
      select *, {{ unique_key_fields(key) }}
      from {{ target_relation }}
      where {{ snapshot_is_open(names.dbt_valid_to) }}
    ),
    source_data as (
      select *, {{ unique_key_fields(key) }},
        {{ strategy.updated_at }} as {{ names.dbt_updated_at }},
        {{ strategy.updated_at }} as {{ names.dbt_valid_from }},
        {{ snapshot_open_end(strategy) }} as dbt_snapshot_open_end,
        {{ strategy.scd_id }} as dbt_snapshot_row_id
      from (
        {{ source_sql }}
      ) as snapshot_query
    )
    select 'insert' as dbt_change_type, source_data.*,
      source_data.dbt_snapshot_open_end as {{ names.dbt_valid_to }},
      source_data.dbt_snapshot_row_id as {{ names.dbt_scd_id }}
      {{ ", 'False' as " ~ names.dbt_is_deleted if told }}
    {{ changed }}
    where {{ unique_key_is_null(key, 'snapshotted_data') }} or {{ differs }}
    union all
    select 'update', source_data.*, source_data.{{ names.dbt_updated_at }}, snapshotted_data.{{ names.dbt_scd_id }}
      {{ ', snapshotted_data.' ~ names.dbt_is_deleted if told }}
    {{ changed }}
    where {{ unique_key_is_not_null(key, 'snapshotted_data') }} and ({{ differs }})
  {%- if strategy.hard_deletes in ['invalidate', 'new_record'] %}
    {{ snapshot_deleted_rows(strategy, source_sql, names) }}
  {%- endif %}
{%- endmacro %}

{# Rows of the target whose key the source has no more. With new_record there also is a row that tells so. #}
{% macro snapshot_deleted_rows(strategy, source_sql, names) %}
  {%- set key = strategy.unique_key -%}
  {%- set told = strategy.hard_deletes == 'new_record' -%}
  {%- set gone -%}
    from snapshotted_data
    left join source_data on {{ unique_key_join_on(key, 'snapshotted_data', 'source_data') }}
    where {{ unique_key_is_null(key, 'source_data') }}
      {{ 'and snapshotted_data.' ~ names.dbt_is_deleted ~ " <> 'True'" if told }}
  {%- endset %}
    union all
    select 'delete', source_data.*, {{ snapshot_get_time() }}, snapshotted_data.{{ names.dbt_scd_id }}
      {{ ', snapshotted_data.' ~ names.dbt_is_deleted if told }}
    {{ gone }}
  {%- if told %}
    {%- set row_id = snapshot_hash_arguments(['snapshotted_data.' ~ names.dbt_scd_id, snapshot_get_time()]) -%}
    {%- set open_end = config.get('dbt_valid_to_current') or 'null' %}
    union all
    select 'insert', {{ snapshot_kept_columns(source_sql, key) | join(', ') }},
      {{ snapshot_get_time() }}, {{ snapshot_get_time() }}, {{ open_end }}, {{ row_id }},
      {{ open_end }}, {{ row_id }}, 'True'
    {{ gone }}
  {%- endif %}
{% endmacro %}

{# The columns of the source as the target has them, then those of the key. #}
{% macro snapshot_kept_columns(source_sql, unique_key) %}
  {% set present = adapter.get_columns_in_relation(load_cached_relation(this)) | map(attribute='name') | list %}
  {% set kept = [] %}
  {% for name in get_columns_in_query(source_sql) %}
    {% do kept.append('snapshotted_data.' ~ adapter.quote(name) if name in present else 'null') %}
  {% endfor %}
  {% for column in snapshot_key_columns(unique_key) %}
    {% do kept.append('snapshotted_data.' ~ column) %}
  {% endfor %}
  {% do return(kept) %}
{% endmacro %}

{% macro create_columns(relation, columns) %}
  {{ adapter.dispatch('create_columns', 'dbt')(relation, columns) }}
{% endmacro %}

{% macro default__create_columns(relation, columns) %}
  {% for column in columns %}
    {% call statement() %}
      alter table {{ relation.render() }} add column {{ adapter.quote(column.name) }} {{ column.expanded_data_type }};
    {% endcall %}
  {% endfor %}
{% endmacro %}

{# What the run needed only for itself. #}
{% macro post_snapshot(staging_relation) %}
  {{ adapter.dispatch('post_snapshot', 'dbt')(staging_relation) }}
{% endmacro %}

{% macro default__post_snapshot(staging_relation) %}
{% endmacro %}

{% macro get_true_sql() %}
  {{ adapter.dispatch('get_true_sql', 'dbt')() }}
{% endmacro %}

{% macro default__get_true_sql() %}
  {%- do return('TRUE') -%}
{% endmacro %}
