{{ config(materialized='materialized_view', pre_hook="select 'before'") }} select 1 as a
