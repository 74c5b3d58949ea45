{{ config(materialized='table') }}
select tables_when_rendered from {{ ref('asks') }} -- {{ ref('z2') }}
