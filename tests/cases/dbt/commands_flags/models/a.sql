{{ config(materialized='incremental') }}
select 1 as id, timestamp '{{ var("at", "2024-01-01") }}' as at
{% if is_incremental() %}where true{% endif %}
