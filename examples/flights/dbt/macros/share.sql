{# The share of rows for which `condition` holds, in percent with one decimal. #}
{% macro percent_of_rows(condition) -%}
    round(100.0 * count(*) filter ({{ condition }}) / count(*), 1)
{%- endmacro %}
