{{ config(schema='broken', materialized='table') }} select nope
