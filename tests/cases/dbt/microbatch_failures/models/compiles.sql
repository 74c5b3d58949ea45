{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day', begin='2024-01-01') }}
{% if model.batch and model.batch.id in var('bad', []) %}{{ exceptions.raise_compiler_error('not ' ~ model.batch.id) }}{% endif %}
select id, happened from {{ ref('events') }}
