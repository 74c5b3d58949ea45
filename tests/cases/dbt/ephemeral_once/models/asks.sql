{{ config(materialized='ephemeral') }}
{% if execute %}{% set n = run_query("select count(*) from information_schema.tables where table_name like 'z%'").rows[0][0] %}{% do print('asks is rendered') %}{% endif %}
select {{ n or 0 }} as tables_when_rendered
