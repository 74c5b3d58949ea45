select id, name from {{ ref('listed') }}
