{% macro default__twice(x) %}({{ x }} + {{ x }}){% endmacro %}
