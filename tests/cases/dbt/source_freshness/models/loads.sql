{{ config(materialized='table') }}
select now()::timestamp - interval 2 hour as loaded_at, 'fresh' as kind, 'text' as words, now() - interval 90 minute as zoned
union all select now()::timestamp - interval 20 hour, 'old', 'text', now() - interval 91 minute
