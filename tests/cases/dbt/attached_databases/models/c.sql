{{ config(database='other', schema='sc') }} select * from {{ ref('b') }}
