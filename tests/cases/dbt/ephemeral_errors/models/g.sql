select * from {{ ref('f') }}
