select * from {{ ref('rev') }}
