{{ config(materialized='table') }} select 1 as id, 'a' as name, [1.5] as parts, {'a': 1} as pair, date '2024-01-01' as day
