{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='day',
          begin='2024-01-01', pre_hook="create table if not exists {{ this.schema }}.seen (batch varchar, incremental varchar)",
          post_hook="insert into {{ this.schema }}.seen values ('{{ model.batch.id }}', '{{ is_incremental() }}')") }}
-- {{ model.batch }}
-- {{ is_incremental() }} {{ model.batch.event_time_start.strftime('%d.%m.%y') }} {{ model.batch.event_time_end }}
select id, happened, amount, '{{ model.batch.id }}' as batch from {{ ref('raw') }}
