{#- Macros of the same names, which tell that they were called and go on as before -#}
{% macro get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {% do print('get_merge_sql ' ~ unique_key ~ ' ' ~ incremental_predicates) %}
  {% do return(dbt.get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates)) %}
{% endmacro %}
{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {% do print('merge columns ' ~ merge_update_columns ~ ' ' ~ merge_exclude_columns ~ ' of ' ~ dest_columns | map(attribute='name') | join(',')) %}
  {% do return(dbt.default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns)) %}
{% endmacro %}
{% macro get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {% do print('get_delete_insert_merge_sql ' ~ unique_key ~ ' ' ~ incremental_predicates) %}
  {% do return(dbt.default__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates)) %}
{% endmacro %}
{% macro snapshot_hash_arguments(args) %}
  {% do print('snapshot_hash_arguments ' ~ args) %}
  {% do return(dbt.snapshot_hash_arguments(args)) %}
{% endmacro %}
{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) %}
  {% do print('duckdb__snapshot_merge_sql ' ~ target ~ ' ' ~ insert_cols | join(' ')) %}
  {% do return(dbt.default__snapshot_merge_sql(target, source, insert_cols)) %}
{% endmacro %}
{% macro duckdb__post_snapshot(temporary_relation) %}
  {% do print('duckdb__post_snapshot ' ~ temporary_relation.type) %}
  {% do return(drop_relation(temporary_relation)) %}
{% endmacro %}
{% macro create_columns(relation, columns) %}
  {% do print('create_columns ' ~ relation ~ ' ' ~ columns) %}
  {% do dbt.create_columns(relation, columns) %}
{% endmacro %}
{% macro check_time_data_types(sql) %}
  {% do print('check_time_data_types ' ~ get_updated_at_column_data_type('select now()::timestamp as dbt_updated_at')) %}
{% endmacro %}
{% macro duckdb__get_batch_size() %}{{ return(2) }}{% endmacro %}
{% macro get_csv_sql(create_or_truncate_sql, insert_sql) %}
  {% do print('get_csv_sql ' ~ insert_sql.split() | join(' ')) %}
  {{ dbt.get_csv_sql(create_or_truncate_sql, insert_sql) }}
{% endmacro %}
{% macro duckdb__create_table_as(temporary, relation, compiled_code, language, partitioned_by=none, sorted_by=none) %}
  {% do print('duckdb__create_table_as ' ~ temporary ~ ' ' ~ language ~ ' ' ~ partitioned_by ~ ' ' ~ sorted_by ~ ' ' ~ relation.type) %}
  create {{ 'temporary' if temporary }} table {{ relation.include(database=not temporary, schema=not temporary) }} as ({{ compiled_code }})
{% endmacro %}
{% macro apply_grants(relation, grant_config, should_revoke) %}
  {% do print('apply_grants ' ~ relation ~ ' ' ~ grant_config ~ ' ' ~ should_revoke) %}
{% endmacro %}
{% macro persist_docs(relation, model, for_relation=true, for_columns=true) %}
  {% do print('persist_docs ' ~ relation) %}
{% endmacro %}
{% macro create_indexes(relation) %}
  {% do print('create_indexes ' ~ relation) %}
{% endmacro %}
{% macro collect_freshness(source, loaded_at_field, filter) %}
  {% do print('collect_freshness ' ~ source ~ ' ' ~ loaded_at_field ~ ' ' ~ filter) %}
  {% if loaded_at_field == 'wrong' %}
    {% call statement('two', fetch_result=true) %}select 1 as a, 2 as b union all select 3, 4 order by 1{% endcall %}
    {{ return(load_result('two')) }}
  {% endif %}
  {{ return(dbt.collect_freshness(source, loaded_at_field, filter)) }}
{% endmacro %}
{% macro collect_freshness_custom_sql(source, loaded_at_query) %}
  {% do print('collect_freshness_custom_sql ' ~ loaded_at_query) %}
  {{ return(dbt.collect_freshness_custom_sql(source, loaded_at_query)) }}
{% endmacro %}
{% macro duckdb__get_catalog_relations(information_schema, relations) %}
  {% do print('get_catalog_relations ' ~ information_schema.database ~ ' ' ~ relations | map(attribute='identifier') | sort | join(' ')) %}
  {{ return(run_query("select *, 'Rows' as \"stats:rows:label\", 3 as \"stats:rows:value\", 'How many' as \"stats:rows:description\", true as \"stats:rows:include\",
      'No' as \"stats:no:label\", 3 as \"stats:no:value\", '' as \"stats:no:description\", false as \"stats:no:include\"
      from (" ~ duckdb__get_catalog_tables_sql(information_schema) ~ ' ' ~ duckdb__get_catalog_relations_where_clause_sql(relations) ~ ")
      join (" ~ duckdb__get_catalog_columns_sql(information_schema) ~ ") using (table_database, table_schema, table_name)
      order by table_name, column_index")) }}
{% endmacro %}
{% macro duckdb__get_catalog_results_sql() %}
  {% do print('get_catalog_results_sql') %}
  {{ dbt.duckdb__get_catalog_results_sql() }}
{% endmacro %}
