{# What is in a database, as its information schema has it. #}

{% macro information_schema_name(database) %}
  {{ return(adapter.dispatch('information_schema_name', 'dbt')(database)) }}
{% endmacro %}

{% macro default__information_schema_name(database) -%}
  {%- if database -%}
    {{ database }}.INFORMATION_SCHEMA
  {%- else -%}
    INFORMATION_SCHEMA
  {%- endif -%}
{%- endmacro %}

{% macro list_schemas(database) -%}
  {{ return(adapter.dispatch('list_schemas', 'dbt')(database)) }}
{%- endmacro %}

{% macro default__list_schemas(database) -%}
  {{ return(run_query("select distinct schema_name from information_schema.schemata"
      ~ (" where lower(catalog_name) = '" ~ database | lower ~ "'" if database))) }}
{%- endmacro %}

{% macro check_schema_exists(information_schema, schema) -%}
  {{ return(adapter.dispatch('check_schema_exists', 'dbt')(information_schema, schema)) }}
{%- endmacro %}

{% macro default__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query("select count(*) from information_schema.schemata where schema_name = '" ~ schema
      ~ "' and lower(catalog_name) = '" ~ information_schema.database | lower ~ "'")) }}
{%- endmacro %}

{% macro list_relations_without_caching(schema_relation) %}
  {{ return(adapter.dispatch('list_relations_without_caching', 'dbt')(schema_relation)) }}
{% endmacro %}

{% macro default__list_relations_without_caching(schema_relation) %}
  {% call statement('list_relations_without_caching', fetch_result=true, auto_begin=false) %}
    select
      table_catalog as database,
      table_name as name,
      table_schema as schema,
      case table_type when 'VIEW' then 'view' else 'table' end as type
    from information_schema.tables
    where lower(table_schema) = {{ string_literal(escape_single_quotes(schema_relation.schema | lower)) }}
      and lower(table_catalog) = {{ string_literal(escape_single_quotes(schema_relation.database | lower)) }}
  {% endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}
