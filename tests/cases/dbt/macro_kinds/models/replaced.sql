{{ config(materialized='table' if var('first', false) else 'replaced_view') }} select 1 as a
