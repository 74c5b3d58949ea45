{{ config(materialized='incremental', database='other', unique_key='id') }} select id, {{ 'true' if is_incremental() else 'false' }} as later from {{ ref('c') }}
