{{ config(materialized='table') }}
select 1 as id, {{ "date" if var('kind', '') == 'date' else "timestamp" }} '2024-01-01' as changed_at
