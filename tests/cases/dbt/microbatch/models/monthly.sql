{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='month',
          begin='2020-02-29', incremental_predicates=['amount < 5']) }}
select id, happened, amount, '{{ model.batch.id }}' as batch from {{ ref('hidden') }}
