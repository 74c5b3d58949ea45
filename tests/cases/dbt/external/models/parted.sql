{{ config(materialized='external', options={'partition_by': 'kind'}, location='out/parts') }} select id, 'k' || id as kind from {{ ref('plain') }}
