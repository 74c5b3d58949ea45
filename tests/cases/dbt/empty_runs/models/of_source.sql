select * from {{ source('raw', 'numbers') }} as src where id > 1
