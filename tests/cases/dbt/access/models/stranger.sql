{{ config(enabled=var('reads', false)) }} select * from {{ ref('priv') }}
