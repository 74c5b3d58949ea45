{{ config(materialized='incremental') }}
select * from {{ ref('e') }}
