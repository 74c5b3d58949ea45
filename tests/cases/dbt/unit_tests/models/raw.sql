{{ config(materialized='table', alias='raw_orders') }}
select 1 as id, 1 as user_id, 2.5::double as amount
