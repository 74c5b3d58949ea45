select * from {{ ref('stg_b') }}
