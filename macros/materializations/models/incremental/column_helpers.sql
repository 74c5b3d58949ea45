{% macro get_quoted_csv(column_names) %}
  {% do return(quoted_names(column_names) | join(', ')) %}
{% endmacro %}

{% macro quoted_names(column_names) %}
  {% set quoted = [] %}
  {% for name in column_names %}
    {% do quoted.append(adapter.quote(name)) %}
  {% endfor %}
  {% do return(quoted) %}
{% endmacro %}

{# Which columns a merge updates: those of merge_update_columns, or all but those of merge_exclude_columns. #}
{% macro get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {{ return(adapter.dispatch('get_merge_update_columns', 'dbt')(
      merge_update_columns, merge_exclude_columns, dest_columns)) }}
{% endmacro %}

{% macro default__get_merge_update_columns(merge_update_columns, merge_exclude_columns, dest_columns) %}
  {% if merge_update_columns and merge_exclude_columns %}
    {% do exceptions.raise_compiler_error('Model cannot specify merge_update_columns and merge_exclude_columns. '
        ~ 'Please update model to use only one config') %}
  {% endif %}
  {% if merge_update_columns %}
    {% do return(merge_update_columns) %}
  {% endif %}
  {% set left_out = merge_exclude_columns | map('lower') | list if merge_exclude_columns else [] %}
  {% set kept = [] %}
  {% for column in dest_columns if column.name | lower not in left_out %}
    {% do kept.append(column.quoted) %}
  {% endfor %}
  {% do return(kept) %}
{% endmacro %}

{# The columns of the first list whose names the second one lacks. #}
{% macro diff_columns(source_columns, target_columns) %}
  {% set known = target_columns | map(attribute='name') | map('lower') | list %}
  {% set missing = [] %}
  {% for column in source_columns if column.name | lower not in known %}
    {% do missing.append(column) %}
  {% endfor %}
  {% do return(missing) %}
{% endmacro %}

{# Columns of one name whose types differ, with the type of the source. #}
{% macro diff_column_data_types(source_columns, target_columns) %}
  {{ return(adapter.dispatch('diff_column_data_types', 'dbt')(source_columns, target_columns)) }}
{% endmacro %}

{% macro default__diff_column_data_types(source_columns, target_columns) %}
  {% set changed = [] %}
  {% for source in source_columns %}
    {% for target in target_columns if target.name | lower == source.name | lower %}
      {% if source.data_type != target.data_type %}
        {% do changed.append({'column_name': target.name, 'new_type': source.data_type}) %}
      {% endif %}
    {% endfor %}
  {% endfor %}
  {% do return(changed) %}
{% endmacro %}
