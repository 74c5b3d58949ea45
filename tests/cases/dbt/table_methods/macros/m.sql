{% macro rows() %}
  {{ return(run_query("select * from (values
    (1, 'abc', 1234.5::double, true, date '2024-01-02', null),
    (1234567, repeat('x', 30), 0.123456, null, null, timestamp '2024-01-02 03:04:05'),
    (null, null, null, false, date '2024-01-02', null)) t(id, name, amount, ok, d, ts)")) }}
{% endmacro %}
{% macro show_tables() %}
  {% set t = rows() %}
  {% do t.print_table() %}
  {% do t.print_table(max_columns=3, max_rows=2) %}
  {% do t.print_table(max_column_width=10, max_precision=5) %}
  {% do t.print_csv() %}
  {% do run_query("select i as a_long_column_name_that_is_long from range(25) t(i)").print_table(max_rows=3) %}
  {% do run_query("select 1 a, 2 b where false").print_table() %}
  {% do run_query("select -5.0::double a, -1000.25::double b union all select 3.1, 1").order_by('a').print_table() %}
  {% do run_query("select 'a,b' a, 'say \"x\"' b").print_csv() %}
  {% do t.print_json() %}
{% endmacro %}
{% macro change_tables() %}
  {% set t = rows() %}
  {{ print(t.rename({'id': 'x'}).column_names) }}
  {{ print(t.rename(t.column_names | map('upper')).rows[0]['NAME']) }}
  {{ print(t.order_by('name').rows | map(attribute='name') | list) }}
  {{ print(t.order_by('id', reverse=True).columns['id'].values()) }}
  {{ print(t.order_by(['ok', 'id']).columns['id'].values()) }}
  {{ print(t.distinct('ok').rows | length ~ ' ' ~ t.distinct().rows | length) }}
  {{ print(t.distinct('d').columns[0].values()) }}
  {{ print(t.select(['id', 'name']).rows[0].items() | list) }}
{% endmacro %}
{% macro slice_tables() %}
  {% set t = run_query("select i, 'n' || i as name from range(5) r(i) order by i") %}
  {{ print(t.rows[1:3] | map(attribute='name') | list) }}
  {{ print(t.rows[::-2] | map(attribute='i') | list) }}
  {{ print(t.rows[-1:][0].name ~ ' ' ~ t.rows[9:] | length) }}
  {{ print(t.columns['i'][1:3]) }}
  {{ print(t.columns[1][:-3]) }}
  {{ print(t.columns[:1] | map(attribute='name') | list) }}
  {{ print(t.rows[0][0:2]) }}
  {{ print(t.rows[0][1:]) }}
  {{ print(t.columns.dict().keys() | list ~ ' ' ~ t.columns.dict()['name'][4]) }}
  {{ print(t.row_names is none) }}
{% endmacro %}
{% macro bad_slice() %}{{ print(rows().rows[::0]) }}{% endmacro %}
{% macro bad_dict() %}{{ print(rows().rows.dict()) }}{% endmacro %}
{% macro bad_rename() %}{% do rows().rename(['a']) %}{% endmacro %}
{% macro about_config() %}
  {% set c = builtins.ref.config %}
  {{ print(c.project_name ~ ' ' ~ c.dependencies['a'].version ~ ' ' ~ c.dependencies['a'].project_name) }}
  {{ print(c.vars.to_dict()) }}
  {{ print(c.target_name ~ ' ' ~ c.profile_name ~ ' ' ~ c.threads ~ ' ' ~ c.credentials.schema) }}
  {{ print(c.model_paths ~ ' ' ~ c.args.which ~ ' ' ~ c.cli_vars) }}
  {{ print(source.config.project_name) }}
  {{ return('select 1') }}
{% endmacro %}
