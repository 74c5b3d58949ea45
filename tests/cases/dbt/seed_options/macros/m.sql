{% macro show_seed() %}{% endmacro %}
