{# Brings the target up to date. #}
{% macro snapshot_merge_sql(target, source, insert_cols) -%}
  {{ adapter.dispatch('snapshot_merge_sql', 'dbt')(target, source, insert_cols) }}
{%- endmacro %}

{% macro default__snapshot_merge_sql(target, source, insert_cols) -%}
  {%- set names = get_snapshot_table_column_names() -%}
  {%- set columns = get_quoted_csv(insert_cols) -%}
    update {{ target }} as snapshotted_data
    set {{ names.dbt_valid_to }} = changes.{{ names.dbt_valid_to }}
    from {{ source }} as changes
    where changes.{{ names.dbt_scd_id }} = snapshotted_data.{{ names.dbt_scd_id }}
      and changes.dbt_change_type in ('update', 'delete')
      and {{ snapshot_is_open('snapshotted_data.' ~ names.dbt_valid_to) }};

    insert into {{ target }} ({{ columns }})
    select {{ columns }}
    from {{ source }}
    where dbt_change_type = 'insert'
{%- endmacro %}
