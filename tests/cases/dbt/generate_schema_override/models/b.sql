{{ config(schema='other', alias='bee') }} select * from {{ ref('a') }}
