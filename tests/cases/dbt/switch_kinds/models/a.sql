{{ config(materialized=var('kind', 'view')) }}
select 1 as id
