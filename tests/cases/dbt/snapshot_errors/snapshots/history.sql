{% snapshot history %}
  {% set configs = {
    'view': {'tags': 'a'}, 'table': {'tags': 'a'}, 'empty': {}, 'none': {'tags': 'a'}, 'names': {'snapshot_meta_column_names': {'dbt_valid_to': 'ends'}},
    'told': {'hard_deletes': 'new_record'},
    'wrong': {'hard_deletes': 'nope'},
    'both': {'hard_deletes': 'ignore', 'invalidate_hard_deletes': true},
    'strategy': {'strategy': 'guess'},
    'package': {'strategy': 'snapshot_errors.guess'},
    'date': {'tags': 'a'},
  } %}
  {{ config(unique_key='id', updated_at='changed_at', strategy=configs[var('kind')].get('strategy', 'timestamp')) }}
  {{ config(**configs[var('kind')]) }}
  select * from {{ ref('people') }}
{% endsnapshot %}
