{# Counts what a test's query finds. With store_failures the rows go into a table first, and are counted there. #}
{%- materialization test, default -%}
  {% set relations = [] %}
  {% set store_as = config.get('store_failures_as') or ('table' if should_store_failures() else none) %}

  {% set limit = config.get('limit') %}
  {% if store_as not in [none, 'ephemeral', 'table', 'view'] %}
    {{ exceptions.raise_compiler_error(
        "'" ~ store_as ~ "' is not a valid value for `store_failures_as`. "
        ~ "Accepted values are: ['ephemeral', 'table', 'view']") }}
  {% endif %}

  {% if store_as in ['table', 'view'] %}
    {% if limit is not none %} {# no more rows are kept, and those that are kept are counted #}
      {% set sql = 'select * from (\n' ~ sql ~ '\n) dbt_stored_failures\nlimit ' ~ limit %}
      {% set limit = none %}
    {% endif %}
    {% set target_relation = this.incorporate(type=store_as) %}
    {{ drop_relation_if_exists(load_cached_relation(this)) }}
    {% call statement(auto_begin=true) %}
      {% if store_as == 'view' %}
        {{ get_create_view_as_sql(target_relation, sql) }}
      {% else %}
        {{ get_create_table_as_sql(false, target_relation, sql) }}
      {% endif %}
    {% endcall %}
    {{ adapter.cache_added(target_relation) }}
    {% do relations.append(target_relation) %}
    {% set main_sql %}
      select * from {{ target_relation }}
    {% endset %}
    {{ adapter.commit() }}
  {% else %}
    {% set main_sql %}
    {# the query, on a line of its own #}
  {{ sql }}
  {# the end #}
  {% endset %}
  {% endif %}

  {% call statement('main', fetch_result=true) -%}
    {{ get_test_sql(
        main_sql, config.get('fail_calc'), config.get('warn_if'), config.get('error_if'),
        limit) }}
  {%- endcall %}
  {{ return({'relations': relations}) }}
{%- endmaterialization -%}
