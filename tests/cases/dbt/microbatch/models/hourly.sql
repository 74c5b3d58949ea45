{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='hour',
          begin='2024-01-01T12:30', lookback=0, concurrent_batches=true) }}
select id, happened, (select count(*) from {{ source('outside', 'raw') }}) as of_batch,
       (select count(*) from {{ ref('raw').render() }}) as of_all
from {{ source('outside', 'raw') }}
