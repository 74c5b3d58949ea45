select * from {{ ref('chained') }}
