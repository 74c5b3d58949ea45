{{ config(materialized='incremental', unique_key='nope') }}
select 1 as id, 2 as v
