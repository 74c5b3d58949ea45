{{ config(severity='warn') }}
select * from {{ ref('a') }}
