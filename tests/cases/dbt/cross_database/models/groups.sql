with s as (select * from (values (1, 'a', true), (2, 'b', false), (3, 'c', true)) as v(n, t, f))
select
  {{ dbt.any_value("'x'") }} as any_one,
  {{ dbt.bool_or('f') }} as one_of_them,
  {{ dbt.listagg('t', "'|'", 'order by n desc') }} as all_of_them,
  {{ dbt.listagg('t', order_by_clause='order by n') }} as by_comma,
  {{ dbt.listagg('t', "'|'", 'order by n desc', 2) }} as two_of_them
from s
