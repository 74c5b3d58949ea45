select id from {{ ref('start') }}
