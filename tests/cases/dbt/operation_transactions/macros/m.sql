{% macro undone() %}{% call statement('x', auto_begin=true) %}create table gone as select 1 as i{% endcall %}{% endmacro %}
{% macro stays() %}{% call statement('x', auto_begin=true) %}create table stays as select * from {{ ref('a') }}{% endcall %}{% do adapter.commit() %}{% endmacro %}
{% macro drops() %}{% do adapter.drop_relation(adapter.get_relation(target.database, target.schema, 'a')) %}{% do adapter.commit() %}{% endmacro %}
{% macro context() %}{% do run_query("create table ctx as select '" ~ execute ~ " " ~ (this is defined) ~ " " ~ flags.WHICH ~ " " ~ project_name ~ " " ~ schema ~ "' as t") %}{% endmacro %}
