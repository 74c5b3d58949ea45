{% snapshot by_time %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
{% snapshot by_all %}
  {{ config(strategy='check', unique_key='id', check_cols='all', updated_at='changed_at') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
{% snapshot by_some %}
  {{ config(strategy='check', unique_key='id', check_cols=['name', 'added'] if var('day', 1) == 2 else ['name'], updated_at='changed_at') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
