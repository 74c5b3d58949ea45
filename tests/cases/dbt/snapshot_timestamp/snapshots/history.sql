Text around the blocks counts for nothing.
{% snapshot people_history %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='changed_at', target_schema='history', tags=['slow']) }}
  select * from {{ ref('people') }}
{% endsnapshot %}

{% snapshot towns %}
  {{ config(strategy='timestamp', unique_key=['id', 'name'], updated_at='changed_at', alias='town_history') }}
  select id, name, town, changed_at from {{ ref('people') }} where town is not null
{% endsnapshot %}
