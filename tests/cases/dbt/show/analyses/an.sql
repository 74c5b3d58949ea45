select * from {{ ref('b') }} -- analysis
