{{ config(enabled=var('tests', false)) }} select * from {{ ref('priv') }} where false
