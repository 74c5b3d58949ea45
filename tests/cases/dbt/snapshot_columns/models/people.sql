{{ config(materialized='table') }}
{% if var('day', 1) == 1 %}
select 1 as id, 'ann' as name, 5::integer as points, 'x' as gone, timestamp '2024-01-01' as changed_at
union all select 2, 'bob', 6, 'y', timestamp '2024-01-02'
{% else %}
select 1 as id, 'ann' as name, 5.5::double as points, 'new' as added, 7 as "Two Words", timestamp '2024-02-01' as changed_at
union all select 2, 'bob', 6, null, null, timestamp '2024-01-02'
{% endif %}
