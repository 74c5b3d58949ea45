{% macro default__overridden() %}root{% endmacro %}
