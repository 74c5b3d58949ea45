{{ config(materialized='incremental', on_schema_change='append_new_columns', unique_key='id') }}
{% if is_incremental() %}
select 2 as id, 'new' as added, 3.5::double as changed
{% else %}
select 1 as id, 'old' as gone, 1 as changed
{% endif %}
