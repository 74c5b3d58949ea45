{{ config(pre_hook="select broken") }}
select 1 as id
