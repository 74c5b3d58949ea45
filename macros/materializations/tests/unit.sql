{# Runs a unit test: the model's query with its given rows, beside the rows that are expected. Which of them differ is
   found by the program, from the last result. #}
{%- materialization unit, default -%}
  {% set relations = [] %}
  {% set expected_rows = config.get('expected_rows') %}
  {% set expected_sql = config.get('expected_sql') %}
  {% set names = expected_rows[0].keys() if (expected_rows | length) > 0 else get_columns_in_query(sql) %}

  {# An empty table with the columns of the model's query tells their types. #}
  {% set target_relation = api.Relation.create(
      database=model.database, schema=model.schema, identifier=model.alias, type='table') %}
  {% set temp_relation = make_temp_relation(target_relation) %}
  {% do run_query(get_create_table_as_sql(true, temp_relation, get_empty_subquery_sql(sql))) %}
  {% set types = {} %}
  {% set quoted = {} %}
  {% for column in adapter.get_columns_in_relation(temp_relation) %}
    {% do types.update({column.name | lower: column.data_type}) %}
    {% do quoted.update({column.name | lower: column.quoted}) %}
  {% endfor %}

  {% if not expected_sql %}
    {% set expected_sql = get_expected_sql(expected_rows, types, quoted) %}
  {% endif %}
  {% set expected_names = [] %}
  {% for name in names %}
    {% do expected_names.append(quoted[name | lower]) %}
  {% endfor %}

  {% call statement('main', fetch_result=true) -%}
    {{ get_unit_test_sql(sql, expected_sql, expected_names) }}
  {%- endcall %}
  {% do adapter.drop_relation(temp_relation) %}
  {{ return({'relations': relations}) }}
{%- endmaterialization -%}
