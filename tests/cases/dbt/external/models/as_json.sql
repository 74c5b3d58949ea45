{{ config(materialized='external', format='json', location='out/rows.json') }} select * from {{ ref('plain') }}
