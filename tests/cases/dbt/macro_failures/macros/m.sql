{% macro sql_boom() %}{% do run_query("select nope") %}{% endmacro %}
{% macro one(name) %}{% endmacro %}
{% macro unknown_name() %}{{ nothing_such() }}{% endmacro %}
{% macro deep_unknown() %}{{ unknown_name() }}{% endmacro %}
{% macro divided() %}{{ 1 / 0 }}{% endmacro %}
{% macro added() %}{{ 'a' + 1 }}{% endmacro %}
{% macro deep_wrong_argument() %}{{ one(other=1) }}{% endmacro %}
{% macro deep_sql() %}{{ sql_boom() }}{% endmacro %}
{% macro missing_var() %}{{ var('not_there') }}{% endmacro %}
{% macro missing_ref() %}{{ ref('not_there') }}{% endmacro %}
{% macro missing_env() %}{{ env_var('DBT_NOT_THERE_AT_ALL') }}{% endmacro %}
{% macro plain_attribute() %}{% set r = api.Relation.create(identifier='x') %}{{ r.nope() }}{% endmacro %}
{% macro raised() %}{{ exceptions.raise_compiler_error('no good') }}{% endmacro %}
{% macro deep_raised() %}{{ raised() }}{% endmacro %}
