{{ config(materialized='table') }}
-- depends_on: {{ ref('described') }}
select 'comment' as kind, table_name as name, comment as text from duckdb_tables() where table_name not like '%dbt%' and table_name <> 'facts'
union all select 'column', table_name || '.' || column_name, comment from duckdb_columns() where not internal and table_name not like '%dbt%' and table_name <> 'facts'
union all select 'index', table_name || '.' || expressions, is_unique::varchar from duckdb_indexes()
