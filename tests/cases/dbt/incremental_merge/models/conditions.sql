{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id',
          merge_update_condition='DBT_INTERNAL_SOURCE.v > DBT_INTERNAL_DEST.v',
          merge_insert_condition='DBT_INTERNAL_SOURCE.id < 12') }}
select 1 as id, 5 - {{ var('n', 1) }} as v union all select {{ var('n', 1) }} + 10, 0
