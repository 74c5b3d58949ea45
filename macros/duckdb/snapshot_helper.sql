{% macro build_snapshot_staging_table(strategy, sql, target_relation) %}
  {% set staging_relation = make_temp_relation(target_relation) %}
  {% do run_query('drop table if exists ' ~ staging_relation) %}
  {% call statement('build_snapshot_staging_relation') %}
    {{ create_table_as(true, staging_relation, snapshot_staging_table(strategy, sql, target_relation)) }}
  {% endcall %}
  {% do return(staging_relation) %}
{% endmacro %}
