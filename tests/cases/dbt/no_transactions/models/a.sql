{{ config(materialized='table', pre_hook="create table if not exists log (n int)", post_hook=["insert into log values (1)", "insert into nowhere values (1)"]) }} select 1 as id
