{{ config(materialized='table', indexes=[{'columns':['id'],'zz':1}]) }}
select 1 as id
