select id as a_id from {{ ref('a') }}
