{{ config(materialized='custom') }} select * from {{ ref('fine', 'b') }}, {{ ref('c') }} as c
