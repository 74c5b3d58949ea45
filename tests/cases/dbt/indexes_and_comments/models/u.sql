{{ config(materialized='table', indexes=[{'unique':true}]) }}
select 1 as id
