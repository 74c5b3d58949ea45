{# Every column of every table and view of a database, with what they are said to be: a row each, those of a relation
   together and in order. #}
{% macro get_catalog_sql(database) -%}
    select
      c.schema_name as table_schema,
      c.table_name,
      case when v.view_name is null then 'BASE TABLE' else 'VIEW' end as table_type,
      coalesce(v.comment, t.comment) as table_comment,
      c.column_name,
      c.column_index,
      c.data_type,
      c.comment as column_comment
    from duckdb_columns() as c
    left join duckdb_views() as v
      on v.database_name = c.database_name and v.schema_name = c.schema_name and v.view_name = c.table_name
    left join duckdb_tables() as t
      on t.database_name = c.database_name and t.schema_name = c.schema_name and t.table_name = c.table_name
    where c.database_name = {{ string_literal(escape_single_quotes(database)) }} and not c.internal
    order by c.schema_name, c.table_name, c.column_index
{%- endmacro %}
