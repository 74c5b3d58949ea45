{% macro cents(col, digits=2) -%}
  round({{ col }} / 100.0, {{ digits }})
{%- endmacro %}
{% macro cols() %}{{ return(['a', 'b']) }}{% endmacro %}
{% macro wrap() %}<{{ caller() }}>{% endmacro %}
{% macro default__pick() %}'default'{% endmacro %}
{% macro duckdb__pick() %}'duck'{% endmacro %}
{% macro pick() %}{{ return(adapter.dispatch('pick')()) }}{% endmacro %}
