{# Adds to the table what is new. Where there is no table yet, or with a full refresh, it is made whole. #}
{% materialization incremental, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set intermediate = make_intermediate_relation(target_relation) -%}
  {%- set backup = make_backup_relation(target_relation, existing.type if existing else 'table') -%}
  {%- set on_schema_change = incremental_validate_on_schema_change(config.get('on_schema_change')) -%}
  {%- set replaces = existing is not none and (existing.is_view or should_full_refresh()) -%}
  {%- set language = model['language'] -%}

  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {% set staging = duckdb__dispatch_temporary_relation(target_relation) %}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}

  {% if existing is none or replaces %}
    {% set build_sql = create_table_as(false, intermediate if replaces else target_relation, compiled_code, language,
        partitioned_by=duckdb__get_partitioned_by(target_relation, false),
        sorted_by=duckdb__get_sorted_by(target_relation, false)) %}
  {% else %}
    {% set temp_relation = staging.relation %}
    {% do run_query('drop table if exists ' ~ temp_relation) %}
    {% do run_query(create_table_as(
        staging.temporary, temp_relation, compiled_code, language, partitioned_by=none, sorted_by=none)) %}
    {% do adapter.expand_target_column_types(from_relation=temp_relation, to_relation=target_relation) %}
    {% set dest_columns = process_schema_changes(on_schema_change, temp_relation, existing)
        or adapter.get_columns_in_relation(existing) %}
    {% set strategy = adapter.get_incremental_strategy_macro(context, config.get('incremental_strategy') or 'default') %}
    {% set build_sql = strategy({
        'target_relation': target_relation,
        'temp_relation': temp_relation,
        'unique_key': config.get('unique_key'),
        'dest_columns': dest_columns,
        'incremental_predicates': config.get('predicates') or config.get('incremental_predicates'),
    }) %}
  {% endif %}
  {% call statement('main') -%}
    {{ build_sql }}
  {%- endcall %}

  {% if replaces %}
    {{ swap_relations(existing, intermediate, backup, target_relation) }}
  {% endif %}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, replaces)) %}
  {% if existing is none or replaces %}
    {% do create_indexes(target_relation) %}
  {% endif %}
  {% do persist_docs(target_relation, model) %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
