{{ config(materialized='table') }} select id, later, current_setting('TimeZone') as zone, current_setting('default_null_order') as nulls from {{ ref('d') }}
