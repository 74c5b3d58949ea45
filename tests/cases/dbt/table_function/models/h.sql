{{ config(materialized='table_function', parameters='x', pre_hook='select 1', post_hook='create or replace table hooked as select 1') }}
select x as a