{% macro kind_of(x) %}kind {{ x }}{% endmacro %}
{% macro twice(n) %}{{ 2 * n }}{% endmacro %}
{% macro outer() %}{{ kind_of('o') }}{% endmacro %}
