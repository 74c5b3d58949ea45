{{ config(schema='other') }} select * from {{ ref('a') }}
