{{ config(materialized='table', post_hook="insert into log values (2)") }} select {{ adapter.disable_transactions() }} as untied
