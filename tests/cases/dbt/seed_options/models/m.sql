{{ config(materialized='table') }}
select * from {{ ref('other') }}
