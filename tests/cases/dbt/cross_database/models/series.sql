select date_day::text as what from ({{ dbt.date_spine('day', "cast('2024-02-27' as date)", "cast('2024-03-02' as date)") }})
union all
select generated_number::text from ({{ dbt.generate_series(5) }})
union all
select '{{ dbt.get_powers_of_two(5) }} {{ dbt.get_intervals_between("date '2024-01-01'", "date '2024-03-01'", 'month') }}'
