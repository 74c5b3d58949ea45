{#- Each cell of a query as Python's repr() shows it -#}
{% macro cells() %}
    {% set queries = [
        "date '2024-01-02'", "date 'infinity'", "date '0044-03-15 (BC)'",
        "timestamp '2024-01-02 03:04:05'", "timestamp '2024-01-02 03:04:05.678'", "timestamp 'infinity'",
        "timestamp_s '2024-01-02 03:04:05'", "timestamp_ns '1969-12-31 23:59:59.123456789'",
        "timestamp_ms '2024-01-02 03:04:05.123'", "date_trunc('month', date '2024-01-02')",
        "time '03:04:05'", "interval 3 days", "interval '1 month 2 hours'", "'abc'::blob",
        "uuid '6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "true", "null",
        "170141183460469231731687303715884105727::hugeint", "'a'::enum('a', 'b')", "'101'::bit"
    ] %}
    {% for query in queries %}
        {{ query ~ ' is ' ~ run_query('select ' ~ query).rows[0].values() }}
    {% endfor %}
    {{ run_query("select timestamptz '2024-01-02 03:04:05+02'").rows[0][0] }}
{% endmacro %}

{% macro nested() %}
    {% set queries = [
        "[1, null, 2]", "[date '2024-01-02']", "{'a': 1, 'b': [1.5]}", "{'a': timestamp '2024-01-02 03:04:05'}",
        "map(['k'], [2])", "[timestamptz '2024-01-02 03:04:05+00']", "[['x'], []]", "{'a': null, 'b': 'it''s'}"
    ] %}
    {% for query in queries %}
        {% set value = run_query('select ' ~ query).rows[0][0] %}
        {{ query ~ ' is ' ~ value ~ ', ' ~ fromjson(value) }}
    {% endfor %}
{% endmacro %}

{#- What macros do with the dates they asked for -#}
{% macro bounds() %}
    {% set t = run_query("select min(d) as lo, max(d) as hi, max(d)::timestamp as ts from (values (date '2023-12-30'), (date '2024-02-01')) v(d)") %}
    {% set lo, hi = t.columns['lo'].values()[0], t.columns[1][0] %}
    {% set ts = t.rows[0]['ts'] %}
    {{ (hi - lo).days ~ ' ' ~ (lo < hi) ~ ' ' ~ lo.year ~ ' ' ~ hi.strftime('%d/%m/%y') ~ ' ' ~ hi.isoformat() }}
    {{ lo + modules.datetime.timedelta(days=3) }}
    {{ hi == modules.datetime.date(2024, 2, 1) }}
    {{ ts > modules.datetime.datetime(2024, 1, 31, 23) }}
    {{ ts.replace(day=15).strftime('%Y-%m-%d %H:%M') }}
    {{ ts.date() == hi }}
    {{ [hi, lo] | sort }}
    {{ t.rows[0] ~ '' }}
    {{ "where d >= '" ~ lo ~ "' and ts < '" ~ ts ~ "'" }}
    {{ (lo | string)[:7] }}
{% endmacro %}

{% macro compared() %}
    {% do print(run_query("select date '2024-01-02' as d").rows[0]['d'] > '2024-01-01') %}
{% endmacro %}

{#- Tables made from tables -#}
{% macro tables() %}
    {% set t = run_query("select * from (values (1, 'b', null), (2, null, date '2024-01-02'), (3, 'A', null)) v(n, s, d)") %}
    {{ t.select('s').column_names }} {{ t.select(['d', 'n']).column_names }} {{ t.select(['d', 'n']).rows[1].values() }}
    {{ t.exclude('s').column_names }} {{ t.exclude(['n', 'nope', 'd']).columns[0].values() }}
    {{ t.limit(2) | length }} {{ t.limit(1, 3).columns['n'].values() }} {{ t.limit(0, 3, 2).columns['n'].values() }}
    {{ t.limit(2, 1) | length }} {{ t.limit() | length }} {{ t.limit(-1).columns[0].values() }}
    {{ t.columns['s'].values_sorted() }} {{ t.columns['d'].values_sorted() }} {{ t.columns['n'].values_sorted() }}
    {% for row in t.select(['s', 'n']).limit(1) %}{{ row.s }} {{ row['n'] }}{% endfor %}
{% endmacro %}

{% macro unknown_column() %}
    {% do run_query('select 1 as a').select(['b']) %}
{% endmacro %}
