select * from {{ ref('priv') }}
