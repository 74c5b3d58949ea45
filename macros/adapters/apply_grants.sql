{# Rights on relations, from `grants`. #}

{% macro apply_grants(relation, grant_config, should_revoke) %}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{% endmacro %}

{% macro default__apply_grants(relation, grant_config, should_revoke=true) %}
  {% do return(none) %}
{% endmacro %}

{# Whether rights of before may still be there: only on a relation that is kept. #}
{% macro should_revoke(existing_relation, full_refresh_mode=true) %}
  {% do return(existing_relation is not none and (not full_refresh_mode or copy_grants())) %}
{% endmacro %}

{% macro copy_grants() %}
  {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{% endmacro %}

{% macro default__copy_grants() %}
  {% do return(true) %}
{% endmacro %}
