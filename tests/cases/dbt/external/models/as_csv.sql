{{ config(materialized='external', location='out/rows.csv', delimiter='|') }} select * from {{ ref('plain') }}
