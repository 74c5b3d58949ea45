{% macro function_execute_build_sql(build_sql, existing_relation, target_relation) %}
  {{ return(adapter.dispatch('function_execute_build_sql', 'dbt')(build_sql, existing_relation, target_relation)) }}
{% endmacro %}

{% macro default__function_execute_build_sql(build_sql, existing_relation, target_relation) %}
    {% call statement('main') %}
        {{ build_sql }}
    {% endcall %}
    {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing_relation)) %}
    {% do persist_docs(target_relation, model) %}
    {{ adapter.commit() }}
{% endmacro %}

{# What stands between the result's type and the body; nothing for SQL. #}
{% macro get_function_language_specifier() %}
  {{ return(adapter.dispatch('get_function_language_specifier', 'dbt')()) }}
{% endmacro %}

{% macro default__get_function_language_specifier() %}
  {% set language = model.get('language') %}
  {% if language != 'sql' %}
    LANGUAGE {{ {'javascript': 'js'}.get(language, language | upper) }}
  {% endif %}
{% endmacro %}

{% macro get_function_python_options() %}
  {{ return(adapter.dispatch('get_function_python_options', 'dbt')()) }}
{% endmacro %}

{% macro default__get_function_python_options() %}
  {% set packages = model.config.get('packages') %}
    RUNTIME_VERSION = '{{ model.config.get('runtime_version') }}'
    HANDLER = '{{ model.config.get('entry_point') }}'
  {% if packages %}
    PACKAGES = ('{{ packages | join("','") }}')
  {% endif %}
{% endmacro %}
