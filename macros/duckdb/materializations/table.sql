{# The new table is made beside the old relation, whatever that is, and then takes its name. #}
{% materialization table, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, existing.type if existing else 'table') -%}
  {#- A table with foreign keys cannot be renamed. -#}
  {%- set in_place = has_foreign_key_constraints(model) %}

  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% if existing is not none and existing.is_table %}
    {% do drop_foreign_key_dependents(existing) %}
  {% endif %}
  {% if in_place %}
    {{ drop_relation_if_exists(existing) }}
  {% endif %}

  {% call statement('main') -%}
    {{ create_table_as(false, target_relation if in_place else intermediate, compiled_code, model['language'],
        partitioned_by=duckdb__get_partitioned_by(target_relation, false),
        sorted_by=duckdb__get_sorted_by(target_relation, false)) }}
  {%- endcall %}

  {% if not in_place %}
    {{ swap_relations(existing, intermediate, backup, target_relation) }}
  {% endif %}
  {% do create_indexes(target_relation) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing)) %}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
