{{ config(materialized='table', indexes=[{'columns':['id'],'unique':true}]) }}
select 1 as id
