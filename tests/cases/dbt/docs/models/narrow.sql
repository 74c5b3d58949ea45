select id from {{ ref('wide') }}
