{{ config(materialized='table', pre_hook="create temp table t2 as select 7 as i") }}
select * from t2
