select * from {{ ref('broken') }}, {{ ref('a') }}
