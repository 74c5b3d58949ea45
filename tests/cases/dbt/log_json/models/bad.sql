select * from {{ ref('b') }} where nope
