{% snapshot hooked %}
  {{ config(strategy='never', unique_key='id', pre_hook="create table if not exists told (what varchar)", post_hook=["insert into told values ('{{ this }}')", "insert into told select '{{ this.identifier }} ' || count(*) from {{ this }}"]) }}
  select * from {{ ref('people') }} {% if execute %}-- {{ this }}{% endif %}
{% endsnapshot %}
{% snapshot own_hash %}
  {{ config(strategy='timestamp', unique_key='id', updated_at='as_of') }}
  select id, timestamp '2024-01-01' as as_of from {{ ref('people') }}
{% endsnapshot %}
