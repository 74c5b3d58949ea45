{{ config(materialized='table') }}
select 'a' as id, 2 as "a b"
