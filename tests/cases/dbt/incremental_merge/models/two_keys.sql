{{ config(materialized='incremental', incremental_strategy='merge', unique_key=['a', 'b']) }}
select 1 as a, 'x' as b, {{ var('n', 1) }} as v union all select {{ var('n', 1) }}, 'y', 7
