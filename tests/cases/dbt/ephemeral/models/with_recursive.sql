with recursive r as (select id from {{ ref('e1') }} union all select id + 1 from r where id < 3) select * from r
