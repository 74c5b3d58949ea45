{# Functions of the database. What writes one is a macro named after its type and its language, which databases and
   projects bring: scalar_function_sql. #}
{% materialization function, default, supported_languages=['sql', 'python', 'javascript'] %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set target_relation = this.incorporate(type='function') -%}
  {{ run_hooks(pre_hooks) }}
  {%- set writer = this.get_function_macro_name(this.get_function_config(model)) -%}
  {%- set build_sql = adapter.dispatch(writer, 'dbt')(target_relation) -%}
  {{ function_execute_build_sql(build_sql, existing, target_relation) }}
  {{ run_hooks(post_hooks) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
