{#- What the built-in ones give -#}
{% macro told(value) %}{% do print(modules.re.sub('--.*|[ \n]', '', value | string) | lower) %}{% endmacro %}
{% macro statements_of_relations() %}
  {% set t = api.Relation.create(database='d', schema='s', identifier='t', type='table') %}
  {% set v = api.Relation.create(database='d', schema='s', identifier='v', type='view') %}
  {% set m = api.Relation.create(database='d', schema='s', identifier='m', type='materialized_view') %}
  {% for relation in [t, v, m] %}
    {{ told(get_drop_sql(relation)) }}
    {{ told(get_drop_backup_sql(relation)) }}
  {% endfor %}
  {{ told(get_create_sql(v, 'select 1 as a')) }}
  {{ told(get_create_sql(t, 'select 1 as a')) }}
  {{ told(get_create_intermediate_sql(v, 'select 1 as a')) }}
  {{ told(get_replace_sql(t, v, 'select 1 as a')) }}
  {{ told(get_drop_sql(api.Relation.create(identifier='e', type='external'))) }}
  {{ told(get_show_grant_sql(t)) }}
  {{ told(get_grant_sql(t, 'select', ['a', 'b'])) }}
  {{ told(get_revoke_sql(t, 'select', ['a', 'b'])) }}
  {{ told(get_dcl_statement_list(t, {'select': ['a', 'b'], 'insert': ['c'], 'delete': []}, get_grant_sql)) }}
  {{ told(should_revoke(none)) }} {{ told(should_revoke(t)) }} {{ told(should_revoke(t, false)) }}
  {{ told(get_insert_into_sql(t, v, [api.Column('a<b', 'int')])) }}
  {{ told(get_merge_unique_key_match('a.id', 'b.id')) }}
  {{ told(get_quoted_csv(['a', "it's", 'x&y'])) }}
  {{ told(duckdb__merge_join_clause(['a', 'b'], [], ['c > 1'])) }}
  {{ told(merge_clause_defaults('a = 1', none, ['b'])) }}
  {{ told(normalize_string_or_list('a', 'f')) }} {{ told(normalize_string_or_list(none, 'f')) }} {{ told(normalize_string_or_list(('a', 'b'), 'f')) }}
  {{ told(_split_part_negative("'a|b'", "'|'", -1)) }}
  {{ told(flight_name({'package_name': 'x', 'schema': 's', 'name': 'm'})) }}
  {{ told(generate_latest_version_pointer_alias(none, {'name': 'n'})) }} {{ told(generate_latest_version_pointer_alias(' c ')) }}
  {{ told(sql_convert_columns_in_relation(run_query("select 'a', 'DECIMAL(18,3)', null, null, null"))[0].data_type) }}
  {{ told(duckdb__get_columns_in_relation(api.Relation.create(database='warehouse', schema='main', identifier='names')) | map(attribute='data_type') | list) }}
  {{ told(list_schemas('WAREHOUSE').columns[0].values() | sort) }}
  {{ told(check_schema_exists(api.Relation.create(database='warehouse').information_schema(), 'MAIN').rows[0][0]) }}
  {{ told(list_relations_without_caching(api.Relation.create(database='warehouse', schema='main')).columns['name'].values() | sort) }}
  {{ told(get_catalog(api.Relation.create(database='warehouse').information_schema(), ['main']).columns['column_name'].values() | list | length > 5) }}
{% endmacro %}
{% macro replaced() %}
  {% set view = api.Relation.create(database=target.database, schema='main', identifier='replaced', type='view') %}
  {% for kind in ['table', 'view'] %}
    {% set existing = view.incorporate(type=kind) %}
    {% do run_query(get_create_sql(existing, 'select 1 as a')) %}
    {% do run_query(get_replace_sql(existing, view, 'select 2 as b')) %}
    {{ told(run_query('select * from ' ~ view).columns['b'].values()) }}
    {% do run_query(get_drop_sql(view)) %}
  {% endfor %}
{% endmacro %}
{% macro no_rename() %}{{ get_rename_sql(api.Relation.create(identifier='t', type='table'), 'u') }}{% endmacro %}
{% macro no_create() %}{{ get_create_sql(api.Relation.create(identifier='t', type='external'), 'select 1') }}{% endmacro %}
{% macro no_replace() %}{{ get_replace_view_sql(api.Relation.create(identifier='t', type='view'), 'select 1') }}{% endmacro %}
{% macro no_refresh() %}{{ refresh_materialized_view(api.Relation.create(identifier='t')) }}{% endmacro %}
{% macro no_list() %}{{ normalize_string_or_list({'a': 1}, 'fields') }}{% endmacro %}
{% macro no_column() %}{{ normalize_string_or_list([], 'fields') }}{{ normalize_string_or_list(['a', 1], 'fields') }}{% endmacro %}
{% macro no_last_modified() %}{{ get_relation_last_modified(none, []) }}{% endmacro %}
