{{ config(materialized='table', indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['name', 'n']}]) }}
select 'x' as name, 1 as id, 2.5 as n
