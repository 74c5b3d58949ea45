{{ config(materialized='table') }} select count(*) as n, max(id) as m from {{ ref('as_csv') }}
