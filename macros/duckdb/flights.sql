{# The name under which MotherDuck would run a model in Python. #}

{% macro flight_name(parsed_model) -%}
  {{ return(adapter.dispatch('flight_name', 'dbt')(parsed_model)) }}
{%- endmacro %}

{% macro default__flight_name(parsed_model) -%}
  {{ return(duckdb__flight_name(parsed_model)) }}
{%- endmacro %}

{% macro duckdb__flight_name(parsed_model) -%}
  {%- set parts = ['dbt'] -%}
  {%- for key in ['package_name', 'database', 'schema', 'alias' if parsed_model.get('alias') else 'name']
      if parsed_model.get(key) -%}
    {%- do parts.append(parsed_model.get(key)) -%}
  {%- endfor -%}
  {{ return(parts | join('-')) }}
{%- endmacro %}
