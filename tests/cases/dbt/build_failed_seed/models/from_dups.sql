select * from {{ ref('dups') }}
