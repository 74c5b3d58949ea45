{% macro m1() %}1{% endmacro %}
{% macro m2() %}{{ m1() }}{% endmacro %}
{% macro m3() %}3{% endmacro %}
