{{ config(materialized='ephemeral') }}
select * from {{ ref('a') }} {{ exceptions.raise_compiler_error('boo') if execute }}
