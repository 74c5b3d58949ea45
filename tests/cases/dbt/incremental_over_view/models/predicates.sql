{{ config(materialized='incremental', unique_key='id', incremental_predicates=['id < 2']) }}
select {{ var('n', 1) }} as id, 1 as v
