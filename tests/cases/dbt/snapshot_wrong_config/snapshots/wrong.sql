{% snapshot wrong %}
  {% set configs = [
    {'strategy': 'timestamp', 'updated_at': 'changed_at'},
    {'unique_key': 'id'},
    {'strategy': 'check', 'unique_key': 'id'},
    {'strategy': 'check', 'unique_key': 'id', 'check_cols': 'some'},
    {'strategy': 'check', 'unique_key': 'id', 'check_cols': []},
    {'strategy': 'timestamp', 'unique_key': 'id'},
    {'strategy': 'timestamp', 'unique_key': 'id', 'updated_at': 'changed_at', 'check_cols': ['a']},
    {'strategy': 'timestamp', 'unique_key': 'id', 'updated_at': 'changed_at', 'materialized': 'table'},
    {'strategy': 'timestamp', 'unique_key': 'id', 'updated_at': 'changed_at', 'target_schema': 3},
    {'strategy': 'timestamp', 'unique_key': 'id', 'updated_at': 'changed_at', 'enabled': false},
    {'strategy': 'timestamp', 'unique_key': 'id', 'updated_at': 'changed_at', 'unknown': 1},
  ] %}
  {{ config(**configs[var('n')]) }}
  select * from {{ ref('people') }}
{% endsnapshot %}
