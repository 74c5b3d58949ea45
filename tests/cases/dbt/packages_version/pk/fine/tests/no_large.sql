select * from {{ ref('numbers') }} where id > 2
