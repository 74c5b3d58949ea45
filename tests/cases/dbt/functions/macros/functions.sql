{% macro duckdb__scalar_function_create_replace_signature_sql(target_relation) -%}
create or replace macro {{ target_relation.render() }}(
  {%- for a in model.arguments %}{{ a.name }}{{ ' := ' ~ a.default_value if a.default_value is defined }}{{ ', ' if not loop.last }}{% endfor -%}
) as /* {{ model.returns.data_type }} {{ scalar_function_volatility_sql() | trim }} {{ target_relation.type }} {{ target_relation.is_function }} */
{%- endmacro %}
{% macro duckdb__scalar_function_body_sql() %}({{ model.compiled_code }}){% endmacro %}
{% macro shown() %}
  {{ log(api.Relation.Function ~ ' ' ~ function('quad') ~ ' ' ~ function('quad').type, info=true) }}
{% endmacro %}
