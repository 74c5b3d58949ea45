{{ config(alias=var('place'), materialized=var('kind')) }}
{% if not execute %}
{{ log('while parsing: ' ~ adapter.get_partitions_metadata('x')[0] ~ '|' ~ adapter.already_exists('main', 'm')
       ~ '|' ~ adapter.get_columns_in_table('main', 'm'), true) }}
{% endif %}
select 1 as a, 'x' as b
