{{ config(enabled=var('pa', false)) }} select * from {{ ref('pk', 'pa') }}
