{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='year',
          begin='2020-02-29 10:00:00+05:00', full_refresh=true, concurrent_batches=false) }}
select count(*) as n, max(happened) as happened from {{ ref('raw') }}
