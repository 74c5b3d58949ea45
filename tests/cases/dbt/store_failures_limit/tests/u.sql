{{ config(store_failures_as='ephemeral', store_failures=true) }}
select 1 as x
