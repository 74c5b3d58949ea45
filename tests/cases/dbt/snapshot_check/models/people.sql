{{ config(materialized='table') }}
{% set days = {
  1: "(1, 'ann', 'oslo', 10), (2, 'bob', null, 20), (3, 'cy', 'rome', 30)",
  2: "(1, 'ann', 'bern', 10), (2, 'bob', null, 21), (3, 'cy', 'rome', 30)",
  3: "(1, 'ann', 'bern', 11), (2, 'bob', 'kiel', 21), (3, 'cy', null, 30), (4, 'dee', 'wien', 40)",
} %}
select t.*, date '2024-01-01' + {{ var('day', 1) }} * interval 1 day as seen_at
from (values {{ days[var('day', 1)] }}) as t(id, name, town, points)
