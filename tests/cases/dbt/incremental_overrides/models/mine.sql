{{ config(materialized='incremental', incremental_strategy='mine', unique_key='id') }}
select 1 as id union all select 2
