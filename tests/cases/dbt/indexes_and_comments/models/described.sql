{{ config(materialized='table', persist_docs={'relation': true, 'columns': true}, grants={'select': ['me']}) }}
select 1 as id, 2 as b, 3 as "Q q"
