{# DuckDB's MERGE came late: two statements do as well. #}
{% macro duckdb__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set names = get_snapshot_table_column_names() -%}
  {%- set columns = insert_cols | join(', ') -%}
    update {{ target }} as DBT_INTERNAL_TARGET
    set {{ names.dbt_valid_to }} = DBT_INTERNAL_SOURCE.{{ names.dbt_valid_to }}
    from {{ source }} as DBT_INTERNAL_SOURCE
    where DBT_INTERNAL_SOURCE.{{ names.dbt_scd_id }} = DBT_INTERNAL_TARGET.{{ names.dbt_scd_id }}
      and DBT_INTERNAL_SOURCE.dbt_change_type in ('update', 'delete')
      and {{ snapshot_is_open('DBT_INTERNAL_TARGET.' ~ names.dbt_valid_to) }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ source }}
    where dbt_change_type = 'insert'
{%- endmacro %}

{# What the run does to the target goes into a table first. #}
{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {% set staging = duckdb__dispatch_temporary_relation(target_relation) %}
  {% do run_query('drop table if exists ' ~ staging.relation) %}
  {% call statement('build_snapshot_staging_relation') %}
    {{ create_table_as(staging.temporary, staging.relation, snapshot_staging_table(strategy, sql, target_relation)) }}
  {% endcall %}
  {% do return(staging.relation) %}
{% endmacro %}

{% macro duckdb__post_snapshot(temporary_relation) %}
  {% do return(drop_relation(temporary_relation)) %}
{% endmacro %}
