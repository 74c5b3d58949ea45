{{ config(materialized='ephemeral') }}
select * from {{ ref('stg_customers') }} where age > {{ limit_of('age') }}
