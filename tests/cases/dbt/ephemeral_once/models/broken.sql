{{ config(materialized='ephemeral') }}
{% if execute %}{% do print('broken is rendered') %}{{ exceptions.raise_compiler_error('it broke') }}{% endif %}
