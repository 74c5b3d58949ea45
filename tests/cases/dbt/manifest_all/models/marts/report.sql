{{ config(materialized='incremental', unique_key='customer_id', on_schema_change='append_new_columns', meta={'owner': 'me'}) }}
select a.customer_id, a.name, current_date as loaded from {{ ref('adults') }} a
{% if is_incremental() %} where a.customer_id not in (select customer_id from {{ this }}){% endif %}
