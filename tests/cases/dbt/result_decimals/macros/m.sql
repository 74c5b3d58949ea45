{#- Numbers of results, and what templates do with them -#}
{% macro cells() %}
  {% set t = run_query("select 5::decimal(18,0) a, 1.10 b, 1234.5::double c, 1e20::double d, 0.1::float e, 170141183460469231731687303715884105727::hugeint f,
    0.000001::double g, 1e-7::double h, 'nan'::double i, 'inf'::double j, 5.0::double k, -0.0::double l, null::double m, 1.5e300::double n, 1::utinyint o,
    100.000 p, 0.000000010::decimal(18,9) q, -12345678901234567890.123456789::decimal(38,9) r, 0::decimal(10,2) s, true t, avg(1) u, sum(2) v from range(1)") %}
  {% for column in t.columns %}{% do print(column.name ~ ': ' ~ [column[0]] ~ ' ' ~ column[0]) %}{% endfor %}
{% endmacro %}
{% macro computed() %}
  {% set row = run_query("select 1.10 b, 5.0::double k, -7.25 n, 0.00 z, 100000::decimal(18,0) w, 2.5 h, 3.5 g").rows[0] %}
  {% set b, k, n, z, w = row['b'], row['k'], row['n'], row['z'], row['w'] %}
  {% do print([b + 1, b * 2, b / 3, b // 1, b % 1, -b, b ** 2, 1 + b, 2 / b, b - k, n // 2, n % 2, 7 % b, n ** 3, b ** -1, 2 ** k, w / 7, w * w * w * w * w * w, n / n, z * n, z + b, b - b, -z, true + b]) %}
  {% do print([b == 1.1, b < 2, b > 1.05, b == 1, k == 5, k == 5.0, z == 0, n < b, b >= b, b != n, 5 in [k], k in {5: 'a'}, {b: 'c'}[b], n > -7, w > 99999.5]) %}
  {% do print([b | float, b | int, n | int, b | round(1), b | round, row['h'] | round, row['g'] | round, n | round(1), w | round(-3), n | abs, b | string, [b, k, n] | sum, [b, k, n] | max, [b, k, n] | min, [b, k, n] | sort, [k, 5, b] | unique | list, [b, 2, 'x'] | join('|')]) %}
  {% do print(['%.3f' % b, '%d' % n, '%s' % b, '%r' % b, '{:.2f}'.format(b), '{}'.format(b), '{:,.1f}'.format(w), '{:>8}|{:<8}|{:^8}|'.format(b, n, z), '{:+}'.format(b), '{:%}'.format(b), '{:.1%}'.format(n), '{:08.2f}'.format(n), '{:,}'.format(w), '{!r}'.format(b), '{:.3}'.format(n)]) %}
  {% do print([b is number, b is float, b is integer, b is string, b is mapping, b is none, z is true, k is divisibleby(5), b is defined]) %}
  {% do print([b.quantize(k), n.normalize(), w.normalize(), k.to_integral_value(), b.is_nan(), z.is_zero(), n.is_signed(), b.is_finite(), 'yes' if z else 'no', 'yes' if b else 'no']) %}
  {% do print(b ~ ' ' ~ k ~ ' and ' ~ [n] ~ {'z': z} ~ (w,)) %}
  {% do print(toyaml({'b': b})) %}
  {% do print("where amount between " ~ [b, n] | min ~ " and " ~ [b, n] | max) %}
{% endmacro %}
{% macro tables() %}
  {% set t = run_query("select * from (values (1.5, 10.25::double, 3), (22.125, null, 4), (-1000.5, 1e6::double, 5)) v(a, b, c) order by c") %}
  {% do t.print_table() %}
  {% do t.print_csv() %}
  {% do print(t.columns['a'].values_sorted() ~ t.order_by('a').columns['c'].values() ~ t.distinct('a') | length) %}
  {% do print(t.columns['a'] | sum ~ ' ' ~ t.rows | map(attribute='a') | max ~ ' ' ~ t.rows[1]) %}
  {% do run_query('create or replace table bound (a decimal(9, 3), b double)') %}
  {% set adapted = adapter.add_query("insert into bound select ?, ?", bindings=[t.rows[0]['a'], t.rows[0]['b']]) %}
  {% do print(run_query('select a + 1, b from bound').rows[0].values()) %}
  {% do t.print_json() %}
{% endmacro %}
{% macro with_float() %}{% set b = run_query("select 1.10 b").rows[0]['b'] %}{{ print(b + 1.5) }}{% endmacro %}
{% macro with_text() %}{% set b = run_query("select 1.10 b").rows[0]['b'] %}{{ print(b + 'x') }}{% endmacro %}
{% macro as_json() %}{% set b = run_query("select 1.10 b").rows[0]['b'] %}{{ print(tojson({'a': [b]})) }}{% endmacro %}
{% macro filtered_json() %}{% set b = run_query("select 1.10 b").rows[0]['b'] %}{{ print({'b': b} | tojson) }}{% endmacro %}
{% macro by_zero() %}{% set b = run_query("select 1.10 b").rows[0]['b'] %}{{ print(b / 0) }}{% endmacro %}
{% macro zero_by_zero() %}{% set b = run_query("select 0.0 b").rows[0]['b'] %}{{ print(b / 0) }}{% endmacro %}
{% macro too_long() %}{% set b = run_query("select 1.1 b").rows[0]['b'] %}{{ print(b | round(30)) }}{% endmacro %}
{% macro no_member() %}{% set b = run_query("select 1.10 b").rows[0]['b'] %}{{ print(b.nope) }}{% endmacro %}

{#- Decides about the rows of the file itself -#}
{% macro default__create_csv_table(model, agate_table) %}
  {% do print(agate_table.rows | map('string') | list) %}
  {% do print(agate_table.columns['amount'].values() ~ agate_table.columns['share'].values()) %}
  {{ return(dbt.default__create_csv_table(model, agate_table)) }}
{% endmacro %}
