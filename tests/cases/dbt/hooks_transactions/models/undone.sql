{{ config(materialized='table', pre_hook=["insert into audit values ('undone')", {"sql": "insert into audit values ('stays')", "transaction": false}], post_hook="select nope") }}
select 1 as id
