{# The present moment, and what runs count time by. #}

{% macro current_timestamp() -%}
  {{ return(adapter.dispatch('current_timestamp', 'dbt')()) }}
{%- endmacro %}

{% macro default__current_timestamp() -%}
  {{ exceptions.raise_not_implemented('current_timestamp macro not implemented for adapter ' ~ adapter.type()) }}
{%- endmacro %}

{% macro snapshot_get_time() -%}
  {{ return(adapter.dispatch('snapshot_get_time', 'dbt')()) }}
{%- endmacro %}

{% macro default__snapshot_get_time() -%}
  {{ current_timestamp() }}
{%- endmacro %}

{% macro get_snapshot_get_time_data_type() -%}
  {{ return(adapter.dispatch('get_snapshot_get_time_data_type', 'dbt')()) }}
{%- endmacro %}

{% macro default__get_snapshot_get_time_data_type() %}
  {% set columns = get_column_schema_from_query('select ' ~ snapshot_get_time() ~ ' as snapshot_time') %}
  {{ return(columns[0].dtype if columns else none) }}
{% endmacro %}

{% macro snapshot_string_as_time(timestamp) -%}
  {{ return(adapter.dispatch('snapshot_string_as_time', 'dbt')(timestamp)) }}
{%- endmacro %}

{% macro default__snapshot_string_as_time(timestamp) %}
  {% do exceptions.raise_not_implemented(
      'snapshot_string_as_time macro not implemented for adapter ' ~ adapter.type()) %}
{% endmacro %}

{# The names of old projects. #}
{% macro current_timestamp_backcompat() -%}
  {{ return(adapter.dispatch('current_timestamp_backcompat', 'dbt')()) }}
{%- endmacro %}

{% macro default__current_timestamp_backcompat() %}
    current_timestamp::timestamp
{% endmacro %}

{% macro current_timestamp_in_utc_backcompat() -%}
  {{ return(adapter.dispatch('current_timestamp_in_utc_backcompat', 'dbt')()) }}
{%- endmacro %}

{% macro default__current_timestamp_in_utc_backcompat() %}
  {{ return(current_timestamp_backcompat()) }}
{% endmacro %}

{% macro convert_datetime(date_str, date_fmt) %}
  {{ return(modules.datetime.datetime.strptime(date_str | string, date_fmt)) }}
{% endmacro %}

{# The days from the first to the last, both included, as texts; one day when there is no last. #}
{% macro dates_in_range(start_date_str, end_date_str=none, in_fmt='%Y%m%d', out_fmt='%Y%m%d') %}
  {% set first = convert_datetime(start_date_str, in_fmt) %}
  {% set last = convert_datetime(end_date_str or start_date_str, in_fmt) %}
  {% set days = [] %}
  {% for offset in range((last - first).days + 1) %}
    {% do days.append((first + modules.datetime.timedelta(days=offset)).strftime(out_fmt)) %}
  {% endfor %}
  {% if not days %}
    {% do exceptions.raise_compiler_error(
        'The last date lies before the first: ' ~ start_date_str ~ ' to ' ~ end_date_str) %}
  {% endif %}
  {{ return(days) }}
{% endmacro %}

{# "20200101" or "20200101,20200131". #}
{% macro partition_range(raw_partition_date, date_fmt='%Y%m%d') %}
  {% set ends = (raw_partition_date | string).split(',') %}
  {% if ends | length > 2 %}
    {% do exceptions.raise_compiler_error('Invalid partition time. Expected format: {Start Date}[,{End Date}]. Got: '
        ~ raw_partition_date) %}
  {% endif %}
  {{ return(dates_in_range(ends[0], ends[1] if ends | length == 2 else none, in_fmt=date_fmt)) }}
{% endmacro %}

{% macro py_current_timestring() %}
  {{ return(modules.datetime.datetime.now().strftime('%Y%m%d%H%M%S%f')) }}
{% endmacro %}

{% macro is_core_v2() %}
  {{ return(dbt_version.split('.')[0] | int >= 2) }}
{% endmacro %}
