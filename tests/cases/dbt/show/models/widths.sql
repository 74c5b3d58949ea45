select 'exactly twenty chars' as a, 'exactly twenty1 chars' as b, 1 as "Mixed Case", null::boolean as nb, true as a_very_long_column_name_indeed, 'žluťoučký kůň pěl ďábelské ódy' as u
