{% macro kinds() %}
  {% set q %}select 1 as a, 'x' as b union all select 2, null{% endset %}
  {% set t = run_query(q) %}
  {% if execute %}{{ return(t.columns[0].values() | join('-') ~ t.rows[1]['a'] ~ t.column_names | join(',')) }}{% endif %}
{% endmacro %}
