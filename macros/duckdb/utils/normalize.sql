{# A configuration that is one text or a list of them, as a list. #}
{% macro normalize_string_or_list(raw, field_name) %}
  {%- set wrong = field_name ~ ' must be a list of strings or a string' -%}
  {%- if raw is none -%}
    {%- do return([]) -%}
  {%- elif raw is string -%}
    {%- do return([raw]) -%}
  {%- elif raw is mapping or raw is not sequence -%}
    {%- do exceptions.raise_compiler_error(wrong) -%}
  {%- endif -%}
  {%- for item in raw if item is not string -%}
    {%- do exceptions.raise_compiler_error(field_name ~ ' list values must be non-empty strings') -%}
  {%- endfor -%}
  {%- do return(raw | list) -%}
{% endmacro %}
