{# How a snapshot tells that a row changed: a macro snapshot_<name>_strategy, which projects may add. It gives a dict:
   unique_key, updated_at, row_changed (a condition on the two relations it is told), scd_id, hard_deletes. #}

{% macro strategy_dispatch(name) %}
  {% set path = name.split('.') %}
  {% set package = context.get(path[0]) if path | length > 1 else context %}
  {% set macro_name = 'snapshot_' ~ path[-1] ~ '_strategy' %}
  {% if package is none or macro_name not in package %}
    {% do exceptions.raise_compiler_error(
        "The specified strategy macro '" ~ path[-1] ~ "' was not found in package '"
        ~ (path[0] if path | length > 1 else none) ~ "'") %}
  {% endif %}
  {% do return(package[macro_name]) %}
{% endmacro %}

{% macro snapshot_strategy_result(model_config, updated_at, row_changed) %}
  {% set key = model_config['unique_key'] %}
  {% set hard_deletes = adapter.get_hard_deletes_behavior(model_config) %}
  {% do return({
      'unique_key': key,
      'updated_at': updated_at,
      'row_changed': row_changed,
      'scd_id': snapshot_hash_arguments(api.Relation.scd_args(key, updated_at)),
      'invalidate_hard_deletes': hard_deletes == 'invalidate',
      'hard_deletes': hard_deletes,
  }) %}
{% endmacro %}

{# A row changed when its own time is later than that of the row which is kept. #}
{% macro snapshot_timestamp_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set updated_at = model_config['updated_at'] %}
  {% set valid_from = get_snapshot_table_column_names().dbt_valid_from %}
  {% do return(snapshot_strategy_result(
      model_config, updated_at,
      '(' ~ snapshotted_rel ~ '.' ~ valid_from ~ ' < ' ~ current_rel ~ '.' ~ updated_at ~ ')')) %}
{% endmacro %}

{# A row changed when one of the columns did, or when the target lacks one of them. #}
{% macro snapshot_check_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% set found = snapshot_check_all_get_existing_columns(node, target_exists, model_config['check_cols']) %}
  {% set conditions = [get_true_sql()] if found[0] else [] %}
  {% for column in found[1] if not found[0] %}
    {% do conditions.append(snapshotted_rel ~ '.' ~ column ~ ' is distinct from ' ~ current_rel ~ '.' ~ column) %}
  {% endfor %}
  {% do return(snapshot_strategy_result(
      model_config, model_config.get('updated_at') or snapshot_get_time(),
      '(' ~ (conditions or ['false']) | join(' or ') ~ ')')) %}
{% endmacro %}

{# [whether the target lacks one of the columns, the columns as SQL]. #}
{% macro snapshot_check_all_get_existing_columns(node, target_exists, check_cols_config) %}
  {% set wanted = get_columns_in_query(node['compiled_code']) if check_cols_config == 'all' else check_cols_config %}
  {% set shown = [] %}
  {% for column in wanted %}
    {% do shown.append(adapter.quote(column) if check_cols_config == 'all' else column) %}
  {% endfor %}
  {% if not target_exists %}
    {% do return([false, shown]) %}
  {% endif %}
  {% set present = adapter.get_columns_in_relation(
      adapter.get_relation(database=node.database, schema=node.schema, identifier=node.alias))
      | map(attribute='name') | map('lower') | list %}
  {% set ns = namespace(lacks=false) %}
  {% for column in wanted if column | replace('"', '') | lower not in present %}
    {% set ns.lacks = true %}
  {% endfor %}
  {% do return([ns.lacks, shown]) %}
{% endmacro %}

{# One text that stands for all values. #}
{% macro snapshot_hash_arguments(args) -%}
  {{ adapter.dispatch('snapshot_hash_arguments', 'dbt')(args) }}
{%- endmacro %}

{% macro default__snapshot_hash_arguments(args) -%}
  {%- set pieces = [] -%}
  {%- for arg in args -%}
    {%- do pieces.append("coalesce(cast(" ~ arg ~ " as varchar), '')") -%}
  {%- endfor -%}
  md5({{ pieces | join(" || '|' || ") }})
{%- endmacro %}
