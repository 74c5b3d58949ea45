{# A model that is called with arguments: a macro of DuckDB that gives a table. `parameters` is a list or one text. #}
{% materialization table_function, adapter='duckdb' %}
  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set parameters = config.get('parameters', []) -%}
  {%- set names = [parameters] if parameters is string else parameters %}

  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}
  {% call statement('main') -%}
    create or replace function {{ target_relation.render() }}({{ names | join(', ') }}) as table (
{{ sql }});
  {%- endcall %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
