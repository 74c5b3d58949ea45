{{ config(enabled=var('with_wrong', false)) }}
select {{ var('needs') }} as a
