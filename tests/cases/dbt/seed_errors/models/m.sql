select * from {{ ref('long_row') }}
