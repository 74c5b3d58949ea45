-- ref() names another model: it is built first, and read from where it was built.
select *
from {{ ref('my_first_dbt_model') }}
where id = 1
