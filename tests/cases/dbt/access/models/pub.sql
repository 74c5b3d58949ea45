select * from {{ ref('old') }} union all select * from {{ ref('soon') }}
