{{ config(materialized='table', alias='last') }}
select * from {{ ref('b') }}
