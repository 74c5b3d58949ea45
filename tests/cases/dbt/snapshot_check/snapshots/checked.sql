{% snapshot by_town %}
  {{ config(strategy='check', unique_key='id', check_cols=['town']) }}
  select id, name, town from {{ ref('people') }}
{% endsnapshot %}
{% snapshot by_all %}
  {{ config(strategy='check', unique_key="id || '-' || name", check_cols='all', updated_at='seen_at') }}
  select id, name, town, points, {{ "timestamp '2024-01-01'" if var('day', 1) == 1 else "timestamp '2024-01-02'" }} as seen_at from {{ ref('people') }}
{% endsnapshot %}
{% snapshot by_two %}
  {{ config(strategy='check', unique_key=['id', 'name'], check_cols=['town', 'points'], updated_at='seen_at') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
