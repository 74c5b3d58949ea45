select 1 as id, 'ann' as name, timestamp '2024-01-01 10:11:12' as at, date '2024-02-01' as d, 1.5 as n, true as b, null as nothing, 'a very long text that is cut somewhere' as long, [1,2] as l
union all select 22, null, null, null, null, false, null, 'x', null
