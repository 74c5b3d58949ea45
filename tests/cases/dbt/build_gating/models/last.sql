select * from {{ ref('ab') }}
