{{ config(post_hook="select * from {{ ref('zz') }}") }} select 1 as id
