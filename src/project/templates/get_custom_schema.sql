{# A model's schema is used as it is written: staging.x, marts.y, without the target's name before it. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ (custom_schema_name or target.schema) | trim }}
{%- endmacro %}
