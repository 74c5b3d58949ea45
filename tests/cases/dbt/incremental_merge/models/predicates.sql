{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id',
          incremental_predicates=['DBT_INTERNAL_DEST.v < 2']) }}
select 1 as id, {{ var('n', 1) }} as v
