{{ config(alias='a') }} select 1 as x
