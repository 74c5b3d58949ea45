-- a comment
with mine as (select * from {{ ref('e2') }})
select * from mine
