{{ config(materialized='table', post_hook="insert into {{ this }} select {{ 10 // (var('size') | int) + 7 }}, 'h'") }}
select {{ var('size') | int }} as n, '{{ var('again') }}' as again
