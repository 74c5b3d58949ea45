{# Every column of every table and view of a database, with what they are said to be. Projects that add to the catalog
   put a part of the query in the place of one of these. #}

{% macro duckdb__get_catalog(information_schema, schemas) -%}
  {{ return(run_query(catalog_sql(information_schema, duckdb__get_catalog_schemas_where_clause_sql(schemas)))) }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations(information_schema, relations) -%}
  {{ return(run_query(catalog_sql(information_schema, duckdb__get_catalog_relations_where_clause_sql(relations)))) }}
{%- endmacro %}

{% macro catalog_sql(information_schema, condition) -%}
    with tables as (
      {{ duckdb__get_catalog_tables_sql(information_schema) }}
      {{ condition }}
    ), columns as (
      {{ duckdb__get_catalog_columns_sql(information_schema) }}
      {{ condition }}
    )
    {{ duckdb__get_catalog_results_sql() }}
{%- endmacro %}

{% macro duckdb__get_catalog_tables_sql(information_schema) -%}
      select * from (
        select database_name as table_database, schema_name as table_schema, table_name, 'BASE TABLE' as table_type,
          comment as table_comment
        from duckdb_tables()
        where {{ same_name_sql('database_name', information_schema.database) }}
        union all
        select database_name, schema_name, view_name, 'VIEW', comment
        from duckdb_views()
        where {{ same_name_sql('database_name', information_schema.database) }}
      )
{%- endmacro %}

{% macro duckdb__get_catalog_columns_sql(information_schema) -%}
      select * from (
        select database_name as table_database, schema_name as table_schema, table_name, column_name, column_index,
          data_type as column_type, comment as column_comment
        from duckdb_columns()
        where {{ same_name_sql('database_name', information_schema.database) }}
      )
{%- endmacro %}

{% macro duckdb__get_catalog_results_sql() -%}
    select table_database, table_schema, table_name, table_type, table_comment, column_name, column_index, column_type,
      column_comment, null as table_owner
    from tables
    join columns using (table_database, table_schema, table_name)
    order by table_schema, table_name, column_index
{%- endmacro %}

{% macro duckdb__get_catalog_schemas_where_clause_sql(schemas) -%}
  {%- set conditions = [] -%}
  {%- for schema in schemas -%}
    {%- do conditions.append(same_name_sql('table_schema', schema)) -%}
  {%- endfor -%}
      where {{ conditions | join(' or ') or 'false' }}
{%- endmacro %}

{% macro duckdb__get_catalog_relations_where_clause_sql(relations) -%}
  {%- set conditions = [] -%}
  {%- for relation in relations -%}
    {%- if not relation.schema -%}
      {%- do exceptions.raise_compiler_error(
          '`get_catalog_relations` requires a list of relations, each with a schema') -%}
    {%- endif -%}
    {%- do conditions.append('(' ~ same_name_sql('table_schema', relation.schema)
        ~ (' and ' ~ same_name_sql('table_name', relation.identifier) if relation.identifier else '') ~ ')') -%}
  {%- endfor -%}
      where {{ conditions | join(' or ') or 'false' }}
{%- endmacro %}
