with s as (select {{ dbt.date(2024, 2, 29) }} as d, timestamp '2023-12-31 23:59:58' as t)
select
  {% for part in ['second', 'minute', 'hour', 'day', 'week', 'month', 'quarter', 'year'] %}
  {{ dbt.dateadd(part, 2, 't') }} as add_{{ part }},
  {{ dbt.dateadd(part, '-1', 't') }} as sub_{{ part }},
  {{ dbt.datediff('t', 'd', part) }} as diff_{{ part }},
  {{ dbt.datediff('d', 't', part) }} as back_{{ part }},
  {{ dbt.date_trunc(part, 't') }} as trunc_{{ part }},
  {% endfor %}
  {{ dbt.last_day('d', 'month') }} as last_of_month,
  {{ dbt.last_day('d', 'quarter') }} as last_of_quarter,
  {{ dbt.last_day('d', 'year') }} as last_of_year,
  {{ dbt.current_timestamp() }} > t as now_works,
  {{ dbt.snapshot_get_time() }} > t as time_works,
  {{ dbt.snapshot_string_as_time('2024-01-01 00:00:00') }} as stamp,
  '{{ dbt.get_snapshot_get_time_data_type() if execute }}' as stamp_type
from s
