-- no batches here: everything is read
select * from {{ ref('raw') }}
