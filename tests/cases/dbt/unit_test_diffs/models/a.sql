{{ config(materialized='table') }}
select 1 as i, 'x' as t, 1.50::decimal(10, 2) as n, 2.5::double as d, date '2020-01-02' as dt, timestamp '2020-01-02 03:04:05' as ts,
  true as b, [1, 2] as l, {'k': 1, 'v': 'x'} as st, '{}'::json as js, interval 1 day as iv, blob 'ab' as bl, time '10:00' as tm,
  'a'::enum('a', 'b') as en, map {'k': 1} as mp, 12345678901234567890::hugeint as h, timestamptz '2020-01-02 03:04:05+00' as tz
