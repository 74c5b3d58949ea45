{{ config(tags=['night']) }} select 1 as id
