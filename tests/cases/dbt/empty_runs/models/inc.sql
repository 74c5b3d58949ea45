{{ config(materialized='incremental') }} select id from {{ ref('eph') }} {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
