{{ config(materialized='table', event_time='at') }} select * from {{ ref('events') }}
