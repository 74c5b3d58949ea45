{{ config(materialized='materialized_view') }}
select 'a' as id
