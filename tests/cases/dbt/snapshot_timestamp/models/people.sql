{{ config(materialized='table') }}
{% set days = {
  1: "(1, 'ann', 'oslo', timestamp '2024-01-01'), (2, 'bob', null, timestamp '2024-01-02'), (3, 'cy', 'rome', timestamp '2024-01-03')",
  2: "(1, 'ann', 'bern', timestamp '2024-02-01'), (2, 'bob', null, timestamp '2024-01-02'), (4, 'dee', 'wien', timestamp '2024-02-04')",
  3: "(1, 'ann', 'bern', timestamp '2024-02-01'), (2, 'bob', 'kiel', timestamp '2023-01-02'), (3, 'cy', 'rome', timestamp '2024-03-01')",
} %}
select * from (values {{ days[var('day', 1)] }}) as t(id, name, town, changed_at)
