{# Rows of the target whose key is among the new ones make way for them. #}
{% macro duckdb__get_delete_insert_merge_sql(target, source, unique_key, dest_columns, incremental_predicates) %}
  {%- set columns = get_quoted_csv(dest_columns | map(attribute='name')) -%}
  {%- set several = unique_key is sequence and unique_key is not string -%}
  {%- set conditions = [] -%}
  {%- if several -%}
    {%- for key in unique_key -%}
      {%- do conditions.append(source ~ '.' ~ key ~ ' = DBT_INCREMENTAL_TARGET.' ~ key) -%}
    {%- endfor -%}
  {%- endif -%}
  {%- for predicate in incremental_predicates or [] -%}
    {%- do conditions.append(predicate) -%}
  {%- endfor %}
  {% if unique_key and several %}
    delete from {{ target }} as DBT_INCREMENTAL_TARGET
    using {{ source }}
    where {{ conditions | join(' and ') }};
  {% elif unique_key %}
    delete from {{ target }}
    where ({{ unique_key }}) in (

                select ({{ unique_key }})
                from {{ source }}
    ){% for condition in conditions %} and {{ condition }}{% endfor %};
  {% endif %}
    insert into {{ target }} ({{ columns }}) (select {{ columns }} from {{ source }})
{% endmacro %}
