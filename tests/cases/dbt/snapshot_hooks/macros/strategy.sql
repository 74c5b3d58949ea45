{% macro snapshot_never_strategy(node, snapshotted_rel, current_rel, model_config, target_exists) %}
  {% do return({
      'unique_key': model_config['unique_key'],
      'updated_at': "timestamp '2024-05-05'",
      'row_changed': 'false',
      'scd_id': snapshot_hash_arguments([model_config['unique_key'], "'never'"]),
      'invalidate_hard_deletes': false,
      'hard_deletes': 'ignore',
  }) %}
{% endmacro %}
{% macro snapshot_hash_arguments(args) %}
  'h' || {{ args | join(" || ':' || ") }}
{% endmacro %}
