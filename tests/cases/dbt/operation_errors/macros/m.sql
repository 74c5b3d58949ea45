{% macro boom() %}{{ exceptions.raise_compiler_error('no good') }}{% endmacro %}
{% macro sql_boom() %}{% do run_query("select nope") %}{% endmacro %}
{% macro one(name) %}{% endmacro %}
{% macro deep() %}{{ boom() }}{% endmacro %}
