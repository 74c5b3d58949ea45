{{ config(materialized='ephemeral') }}
{% if execute %}{% do print('b is rendered') %}{% endif %}
select * from {{ ref('c') }} union all select * from {{ ref('a') }}
