{% macro w() %}{{ exceptions.warn('careful') }}{% endmacro %}
