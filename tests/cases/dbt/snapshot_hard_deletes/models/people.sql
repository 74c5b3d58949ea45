{{ config(materialized='table') }}
{% set days = {
  1: "(1, 'ann', timestamp '2024-01-01'), (2, 'bob', timestamp '2024-01-02'), (3, 'cy', timestamp '2024-01-03')",
  2: "(1, 'ann', timestamp '2024-01-01'), (4, 'dee', timestamp '2024-01-04')",
  3: "(1, 'anna', timestamp '2024-03-01'), (2, 'bob', timestamp '2024-01-02'), (3, 'cyd', timestamp '2024-03-03')",
} %}
select * from (values {{ days[var('day', 1)] }}) as t(id, name, changed_at)
