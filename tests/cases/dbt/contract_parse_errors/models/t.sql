{{ config(materialized=var('materialized', 'table')) }}
select 1 as id
