{{ config(materialized='incremental', unique_key='id') }}
select 1 as id, {{ var('n', 1) }} as v union all select {{ var('n', 1) }} + 10, 0
