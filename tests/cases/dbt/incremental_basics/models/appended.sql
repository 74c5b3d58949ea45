{{ config(materialized='incremental', incremental_strategy='append') }}
select {{ var('n', 1) }} as id, '{{ 'more' if is_incremental() else 'first' }}' as kind
{% if is_incremental() %}where {{ var('n', 1) }} > (select max(id) from {{ this }}){% endif %}
