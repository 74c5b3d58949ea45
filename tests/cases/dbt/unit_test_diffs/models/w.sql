select i + 0 as c0, i + 1 as c1, i + 2 as c2, i + 3 as c3, i + 4 as c4, i + 5 as c5, i + 6 as c6, i + 7 as c7, i + 8 as c8, i + 9 as c9, i + 10 as c10, i + 11 as c11 from {{ ref('a') }}
