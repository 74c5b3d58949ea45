select * from {{ ref('from_bad') }}
