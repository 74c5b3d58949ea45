{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day', begin='2024-01-01', unique_key='id') }}
select id, happened from {{ ref('events') }}
