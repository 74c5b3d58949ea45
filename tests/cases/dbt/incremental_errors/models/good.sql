{{ config(materialized='incremental', unique_key='id', incremental_strategy='default') }}
select 1 as id, 2 as v
