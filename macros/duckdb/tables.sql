{# DuckDB refuses to rename a table that has an index. #}
{% macro drop_indexes_on_relation(relation) -%}
  {% call statement('list_indexes', fetch_result=true) -%}
    select index_name
    from duckdb_indexes()
    where database_name = '{{ relation.database }}'
      and schema_name = '{{ relation.schema }}'
      and table_name = '{{ relation.identifier }}'
  {%- endcall %}
  {% for row in load_result('list_indexes').table %}
    {% call statement() -%}
      drop index {{ relation.without_identifier() }}."{{ row[0] }}"
    {%- endcall %}
  {% endfor %}
{%- endmacro %}

{# The lines in front of the query are as many as dbt-duckdb's, so that the line numbers in the database's
   messages are the ones users know. #}
{% macro duckdb__create_table_as(temporary, relation, sql) %}
    {{ config.get('sql_header', '') }}

    create {{ 'temporary' if temporary }} table
      {{ relation.include(database=(not temporary), schema=(not temporary)) }}
  {# contract #}
    {# partitions #}
    as (
      {{ sql }}
    );
{% endmacro %}

{% macro duckdb__create_view_as(relation, sql) %}
  {{ config.get('sql_header', '') }}
  create view {{ relation }} as (
    {{ sql }}
  );
{% endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {% call statement('drop_relation', auto_begin=false) -%}
    drop {{ relation.type }} if exists {{ relation }} cascade
  {%- endcall %}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {% set kind = from_relation.type or to_relation.type or 'table' %}
  {% if kind == 'table' %}
    {{ drop_indexes_on_relation(from_relation) }}
  {% endif %}
  {% call statement('rename_relation') -%}
    alter {{ kind }} {{ from_relation }} rename to {{ adapter.quote(to_relation.identifier) }}
  {%- endcall %}
{%- endmacro %}

{% macro duckdb__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{%- endmacro %}
