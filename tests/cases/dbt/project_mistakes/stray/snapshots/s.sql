{% if 1 %}{% endif %}{% snapshot ss %}{{ config(strategy="check", unique_key="id", check_cols="all") }}select {{ five() }} as id{% endsnapshot %}{% macro i() %}{% endmacro %}
