{{ config(materialized='table') }}
select id * 2 as twice from {{ ref('a') }}
