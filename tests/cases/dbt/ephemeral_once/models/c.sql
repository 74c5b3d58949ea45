{{ config(materialized='ephemeral') }}
{% if execute %}{% do print('c is rendered') %}{% endif %}
select 2 as id
