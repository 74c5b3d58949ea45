select {{ dbt.array_construct([1, 2]) }} as some, {{ dbt.array_construct() }} as none,
  {{ dbt.array_construct([], 'text') }} as none_text,
  {{ dbt.array_append('[1]', '2') }} as added, {{ dbt.array_concat('[1]', '[3]') }} as both,
  {{ dbt.equals('1', '1') }} as same, {{ dbt.equals('null', '1') }} as unknown
{{ dbt.except() }}
select [1, 2], [], [], [1], [1], true, null
{{ dbt.intersect() }}
select [1, 2], [], [], [1, 2], [1, 3], true, null
