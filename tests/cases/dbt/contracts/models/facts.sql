{{ config(materialized='table') }}
-- depends_on: {{ ref('t_ok') }} {{ ref('t_fk') }} {{ ref('v_ok') }}
select 'constraint' as kind, table_name as name, constraint_text as text from duckdb_constraints()
union all select 'comment', table_name, comment from duckdb_tables()
union all select 'comment', view_name, comment from duckdb_views() where not internal
union all select 'column', table_name || '.' || column_name, comment from duckdb_columns() where not internal
union all select 'index', table_name || '.' || expressions, is_unique::varchar from duckdb_indexes()
