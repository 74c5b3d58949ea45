-- A model is a query; this one becomes a table, with a row for its tests to look at.
{{ config(materialized='table') }}

select 1 as id
union all
select 2 as id
