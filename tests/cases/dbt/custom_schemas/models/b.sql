{{ config(alias='renamed') }} select * from {{ ref('a') }}
