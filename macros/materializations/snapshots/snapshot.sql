{# Keeps what a query gave at different times: the first run makes the table, later ones close the rows that changed
   or are gone, and add the new ones. What changed is put into a staging table first, which the target is brought
   up to date from. #}
{% materialization snapshot, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = (existing or this).incorporate(type=(existing.type if existing else 'table')) -%}
  {%- if existing and not existing.is_table -%}
    {%- do exceptions.relation_wrong_type(existing, 'table') -%}
  {%- endif -%}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}

  {% set strategy_macro = strategy_dispatch(config.get('strategy')) %}
  {% set strategy = strategy_macro(model, 'snapshotted_data', 'source_data', model['config'], existing is not none) %}
  {% if existing is none %}
    {% set first_rows = build_snapshot_table(strategy, compiled_code) %}
    {% set final_sql = create_table_as(false, target_relation, first_rows) %}
    {% do check_time_data_types(first_rows) %}
  {% else %}
    {% do adapter.assert_valid_snapshot_target_given_strategy(
        target_relation, get_snapshot_table_column_names(), strategy) %}
    {% set staging_relation = build_snapshot_staging_table(strategy, compiled_code, target_relation) %}
    {% do adapter.expand_target_column_types(from_relation=staging_relation, to_relation=target_relation) %}
    {% set helpers = snapshot_helper_columns(strategy) %}
    {% do create_columns(target_relation,
        adapter.get_missing_columns(staging_relation, target_relation) | rejectattr('name', 'in', helpers) | list) %}
    {% set columns = quoted_names(adapter.get_columns_in_relation(staging_relation)
        | rejectattr('name', 'in', helpers) | map(attribute='name')) %}
    {% set final_sql = snapshot_merge_sql(target_relation, staging_relation, columns) %}
    {% do check_time_data_types('select * from ' ~ staging_relation) %}
  {% endif %}
  {% call statement('main') %}
    {{ final_sql }}
  {% endcall %}

  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing is not none, false)) %}
  {% do persist_docs(target_relation, model) %}
  {% if existing is none %}
    {% do create_indexes(target_relation) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {% if staging_relation is defined %}
    {% do post_snapshot(staging_relation) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# Columns of the staging table that the target does not get. #}
{% macro snapshot_helper_columns(strategy) %}
  {% do return(snapshot_key_columns(strategy.unique_key)
      + ['dbt_change_type', 'dbt_snapshot_open_end', 'dbt_snapshot_row_id']) %}
{% endmacro %}
