with s as (select 'a,b,c' as t, 'it''s' as q)
select
  {{ dbt.concat(["t", "'-'", "q"]) }} as joined,
  {{ dbt.hash('t') }} as hashed,
  {{ dbt.length('t') }} as len,
  {{ dbt.position("'b'", 't') }} as pos,
  {{ dbt.replace('t', "','", "';'") }} as replaced,
  {{ dbt.right('t', 3) }} as tail,
  {{ dbt.split_part('t', "','", 2) }} as second,
  {{ dbt.split_part('t', "','", -1) }} as last_part,
  {{ dbt.string_literal('lit') }} as literal,
  '{{ dbt.escape_single_quotes("it's") }}' as escaped,
  {{ concat(['t']) }} as bare
from s
