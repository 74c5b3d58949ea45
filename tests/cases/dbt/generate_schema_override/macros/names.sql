{% macro generate_schema_name(custom_schema_name, node) -%}
  {{ custom_schema_name or 'plain' }}
{%- endmacro %}
{% macro generate_alias_name(custom_alias_name=none, node=none) -%}
  {{ node.name | upper if custom_alias_name is none else custom_alias_name }}
{%- endmacro %}
