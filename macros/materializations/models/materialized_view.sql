{# For databases that have such views; DuckDB has not, and says so. #}
{% materialization materialized_view, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='materialized_view') -%}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {%- set build_sql = materialized_view_get_build_sql(existing, target_relation) -%}
  {% call statement('main') -%}
    {{ build_sql }}
  {%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{% macro materialized_view_get_build_sql(existing_relation, target_relation) %}
  {{ return(get_create_materialized_view_as_sql(target_relation, sql)) }}
{% endmacro %}
