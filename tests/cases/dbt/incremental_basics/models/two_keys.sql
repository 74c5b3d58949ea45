{{ config(materialized='incremental', unique_key=['a', 'b'], incremental_strategy='delete+insert') }}
select 1 as a, 'x' as b, {{ var('n', 1) }} as v union all select {{ var('n', 1) }}, 'y', 7
