{{ config(materialized='incremental', full_refresh=true) }}
select {{ var('n', 1) }} as id
