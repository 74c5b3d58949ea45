{{ config(materialized='external', options=['a'], enabled=var('bad', false)) }} select 1 as id
