{% macro m(a) %}{% if execute %}{{ exceptions.raise_compiler_error('no good: ' ~ a) }}{% endif %}{% endmacro %}
{% macro n() %}{{ m(1) }}{% endmacro %}
