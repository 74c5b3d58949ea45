{{ config(materialized=var('as', 'view')) }}
select {{ var('n', 1) }} as id, {{ is_incremental() }} as inc
