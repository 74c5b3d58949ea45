{# A batch takes the place of the rows of its part of time. Rows that the model makes outside of it do not count. #}
{% macro duckdb__get_incremental_microbatch_sql(arg_dict) %}
  {%- set event_time = config.get('event_time') -%}
  {%- set batch = model.get('batch') -%}
  {%- if not event_time -%}
    {% do exceptions.raise_compiler_error("microbatch incremental strategy requires an 'event_time' model config") %}
  {%- endif -%}
  {%- if config.get('unique_key') -%}
    {% do exceptions.raise_compiler_error(
        "microbatch incremental strategy does not support 'unique_key'. Microbatch runs delete+insert per batch based on 'event_time' and does not do key-based upserts. Remove 'unique_key' or use incremental_strategy='merge'.") %}
  {%- endif -%}
  {%- if not batch -%}
    {% do exceptions.raise_compiler_error(
        "microbatch incremental strategy requires 'batch.event_time_start' and 'batch.event_time_end' to be set in the context") %}
  {%- endif -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  {%- set predicates = normalize_incremental_predicates(arg_dict.get('incremental_predicates')) -%}
  {%- set within -%}
    {{ event_time }} >= '{{ batch.event_time_start }}'
        and {{ event_time }} < '{{ batch.event_time_end }}'
  {%- endset %}
  delete from {{ arg_dict['target_relation'] }}
        where {{ within }}
        {%- for predicate in predicates %}
        and ({{ predicate }})
        {%- endfor %};

        insert into {{ arg_dict['target_relation'] }} ({{ columns }})
        select {{ columns }}
        from {{ arg_dict['temp_relation'] }}
        where {{ within }};
{% endmacro %}
