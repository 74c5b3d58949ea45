{{ config(materialized='table', post_hook={"sql": "select nope", "transaction": false}) }}
select 1 as id
