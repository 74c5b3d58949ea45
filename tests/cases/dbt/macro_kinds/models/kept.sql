{{ config(materialized='table' if var('first', false) else 'materialized_view', on_configuration_change='continue') }} select 1 as a
