{{ config(materialized='incremental', unique_key=['id', 'day'], incremental_predicates=["told <> 'x'"], on_schema_change='append_new_columns') }}
select 1 as id, 2 as day, '{{ is_incremental() }}' as told {{ ', 3 as new' if is_incremental() }}
