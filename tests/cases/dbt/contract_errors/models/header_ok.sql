{{ config(materialized='table') }}
{% call set_sql_header(config) %}create or replace temporary macro one() as 1;{% endcall %}
select one() as id, 'a' as b
