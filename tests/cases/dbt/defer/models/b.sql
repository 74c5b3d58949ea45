select id from {{ ref('e') }} union all select id from {{ ref('a') }}
