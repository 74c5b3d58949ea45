{{ config(materialized='table') }}
{% set days = {
  1: "(1, 'ann', timestamp '2024-01-01'), (2, 'bob', timestamp '2024-01-02')",
  2: "(1, 'anna', timestamp '2024-02-01')",
  3: "(1, 'anna', timestamp '2024-02-01'), (2, 'bob', timestamp '2024-03-02')",
} %}
select * from (values {{ days[var('day', 1)] }}) as t(id, name, changed_at)
