{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day', begin='2024-01-01') }}
select id, happened,
  {% if model.batch.id in var('bad', []) %} cast('x' as integer) {% else %} id {% endif %} as n
from {{ ref('events') }}
