{{ config(store_failures_as='error') }}
select 1 as x
