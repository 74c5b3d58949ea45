select * from {{ ref('s') }} union all select * from {{ ref('x', 's2') }}
