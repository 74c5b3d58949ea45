select * from {{ ref('macro_same') }}
