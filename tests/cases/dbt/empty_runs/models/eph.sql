{{ config(materialized='ephemeral') }} select * from {{ ref('joined') }}
