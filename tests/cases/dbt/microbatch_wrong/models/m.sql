{{ config(materialized='incremental', incremental_strategy='microbatch', event_time=var('et', 'at'), batch_size=var('size', 'day'),
          begin=var('begin', '2024-01-01'), lookback=var('lookback', 1), concurrent_batches=var('concurrent', none)) }}
select id, at from {{ ref('events') }}
