{{ config(post_hook="insert into audit select 'rows', count(*)::varchar from {{ ref('b') }}") }}
select 3 as id
