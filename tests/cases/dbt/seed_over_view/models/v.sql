{{ config(alias='s' if var('swap', false) else 'other') }}
select 1 as a
