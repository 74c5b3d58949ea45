{% macro rename_relation(from_relation, to_relation) -%}
  {{ return(adapter.dispatch('rename_relation', 'dbt')(from_relation, to_relation)) }}
{%- endmacro %}

{% macro default__rename_relation(from_relation, to_relation) -%}
  {% call statement('rename_relation') -%}
    alter {{ to_relation.type or from_relation.type or 'table' }} {{ from_relation }}
    rename to {{ adapter.quote(to_relation.identifier) }}
  {%- endcall %}
{%- endmacro %}
