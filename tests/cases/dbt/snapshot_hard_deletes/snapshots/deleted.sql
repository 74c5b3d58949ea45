{% snapshot kept %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at', hard_deletes='ignore') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
{% snapshot closed %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at', hard_deletes='invalidate') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
{% snapshot closed_as_before %}
  {{ config(strategy='check', unique_key=['id'], check_cols=['name'], updated_at='changed_at', invalidate_hard_deletes=true) }}
  select * from {{ ref('people') }}
{% endsnapshot %}
{% snapshot told %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at', hard_deletes='new_record') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
{% snapshot told_by_check %}
  {{ config(strategy='check', unique_key=['id', 'id + 1'], check_cols='all', updated_at='changed_at', hard_deletes='new_record') }}
  select * from {{ ref('people') }}
{% endsnapshot %}
