select * from {{ ref('pk', 'pu') }}
