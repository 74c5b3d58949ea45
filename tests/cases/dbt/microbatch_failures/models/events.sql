{{ config(materialized='table', event_time='happened') }}
select i as id, timestamp '2024-01-01' + to_hours((i * 12)::bigint) as happened from range(8) as r(i)
