select * from {{ ref('m') }} where q <> 16
