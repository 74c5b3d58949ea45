{{ config(materialized='ephemeral') }}
{% if execute %}{% do print('a is rendered') %}{% endif %}
select 1 as id
