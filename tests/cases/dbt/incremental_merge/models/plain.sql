{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }}
select 1 as id, {{ var('n', 1) }} as v, 'a' as w union all select {{ var('n', 1) }} + 10, 0, 'b'
