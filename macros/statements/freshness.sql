{# How old the newest row of a source is: its time, and the present one. #}

{% macro get_freshness_sql(source, loaded_at_field, filter) -%}
  {{- adapter.dispatch('get_freshness_sql', 'dbt')(source, loaded_at_field, filter) -}}
{%- endmacro %}

{% macro default__get_freshness_sql(source, loaded_at_field, filter) -%}
    select
      max({{ loaded_at_field }}) as max_loaded_at,
      {{ current_timestamp() }} as snapshotted_at
    from {{ source }}
    {{ 'where ' ~ filter if filter }}
{%- endmacro %}

{# The newest time as the project itself asks for it. #}
{% macro get_freshness_custom_sql(source, loaded_at_query) -%}
  {{- adapter.dispatch('get_freshness_custom_sql', 'dbt')(source, loaded_at_query) -}}
{%- endmacro %}

{% macro default__get_freshness_custom_sql(source, loaded_at_query) -%}
    with loaded as (
      {{ render(loaded_at_query) }}
    )
    select
      (select * from loaded) as max_loaded_at,
      {{ current_timestamp() }} as snapshotted_at
{%- endmacro %}
