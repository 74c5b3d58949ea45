{#- Kinds of relations that DuckDB does not have -#}
{% macro duckdb__get_create_materialized_view_as_sql(relation, sql) %}
  create or replace view {{ relation }} as ({{ sql }})
{% endmacro %}
{% macro default__refresh_materialized_view(relation) %}select 'refreshed {{ relation.identifier }}'{% endmacro %}
{% macro duckdb__get_replace_sql(existing_relation, target_relation, sql) %}
  {% do print('replace ' ~ existing_relation.type ~ ' ' ~ existing_relation.identifier ~ ' by ' ~ target_relation.type) %}
  {{ dbt.get_drop_sql(existing_relation) }};
  {{ get_create_sql(target_relation, sql) }}
{% endmacro %}
{% macro get_materialized_view_configuration_changes(existing_relation, new_config) %}
  {% do print('changes of ' ~ existing_relation.identifier ~ ' ' ~ new_config.get('on_configuration_change')) %}
  {{ return({'a': 1}) }}
{% endmacro %}
{% macro default__get_alter_materialized_view_as_sql(relation, configuration_changes, sql, existing_relation, backup_relation, intermediate_relation) %}
  {% do print('alter ' ~ configuration_changes ~ ' ' ~ backup_relation.identifier ~ ' ' ~ intermediate_relation.identifier) %}
  select 'altered'
{% endmacro %}
{#- What there is counts as what it is to become -#}
{% macro load_cached_relation(relation) %}
  {% set found = dbt.load_cached_relation(relation) %}
  {% if found and found.is_view and relation.identifier in ['kept', 'altered'] and model.config.materialized == 'materialized_view' %}
    {{ return(found.incorporate(type='materialized_view')) }}
  {% endif %}
  {{ return(found) }}
{% endmacro %}
{% macro drop_materialized_view(relation) %}drop view if exists {{ relation }}{% endmacro %}
{% macro duckdb__drop_relation(relation) %}
  {{ return(dbt.duckdb__drop_relation(relation.incorporate(type='view') if relation.is_materialized_view else relation)) }}
{% endmacro %}

{#- Rights, as a database has them that knows users -#}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=true) %}
  {{ return(default__apply_grants(relation, grant_config, should_revoke)) }}
{% endmacro %}
{% macro get_show_grant_sql(relation) %}
  select * from (values ('me', 'select'), ('them', 'select'), ('them', 'delete')) g(grantee, privilege_type) order by all
{% endmacro %}
{% macro support_multiple_grantees_per_dcl_statement() %}{{ return(false) }}{% endmacro %}
{% macro call_dcl_statements(dcl_statement_list) %}
  {% for statement in dcl_statement_list %}{% do print(statement | trim) %}{% endfor %}
{% endmacro %}

{% materialization replaced_view, default %}
  {{ return(create_or_replace_view()) }}
{% endmaterialization %}
{% macro handle_existing_table(full_refresh, old_relation) %}
  {% do print('existing table ' ~ full_refresh ~ ' ' ~ old_relation.identifier) %}
  {{ dbt.handle_existing_table(full_refresh, old_relation) }}
{% endmacro %}
