{{ config(materialized='incremental', full_refresh=false) }}
select {{ var('n', 1) }} as id
