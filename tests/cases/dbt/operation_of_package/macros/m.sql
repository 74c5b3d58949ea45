{% macro inner() %}{{ return('of the root') }}{% endmacro %}
