{{ config(materialized='ephemeral') }}
select 'a' as id
