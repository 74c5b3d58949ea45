{{ config(materialized='external', location='out/none.parquet') }} select * from {{ ref('plain') }} where id > 9
