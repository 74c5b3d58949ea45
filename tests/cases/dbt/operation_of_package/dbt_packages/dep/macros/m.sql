{% macro outer(n) %}{% do run_query("create or replace table " ~ n ~ " as select '" ~ inner() ~ "' as t") %}{% endmacro %}
{% macro inner() %}{{ return('of the package') }}{% endmacro %}
