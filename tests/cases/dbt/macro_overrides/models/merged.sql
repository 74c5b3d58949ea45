{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id', merge_exclude_columns=['kept'], incremental_predicates='DBT_INTERNAL_DEST.id > 0', grants={'select': ['me']}) }}
select {{ 'range' if is_incremental() else 1 }} as id, 'v{{ is_incremental() }}' as told, '{{ is_incremental() }}' as kept {{ 'from range(3)' if is_incremental() }}
