{# Runs the hooks that belong inside, or outside, the transaction. #}
{% macro run_hooks(hooks, inside_transaction=true) %}
  {% for hook in hooks | selectattr('transaction', 'equalto', inside_transaction) %}
    {% set rendered = render(hook.get('sql')) | trim %}
    {% if rendered | length > 0 %}
      {% call statement(auto_begin=inside_transaction) %}
        {{ rendered }}
      {% endcall %}
    {% endif %}
  {% endfor %}
{% endmacro %}

{% macro make_hook_config(sql, inside_transaction) %}
  {{ tojson({'sql': sql, 'transaction': inside_transaction}) }}
{% endmacro %}

{% macro before_begin(sql) %}
  {{ make_hook_config(sql, inside_transaction=false) }}
{% endmacro %}

{% macro in_transaction(sql) %}
  {{ make_hook_config(sql, inside_transaction=true) }}
{% endmacro %}

{% macro after_commit(sql) %}
  {{ make_hook_config(sql, inside_transaction=false) }}
{% endmacro %}

{# Text in front of the create statement of a model. #}
{% macro set_sql_header(config) -%}
  {{ config.set('sql_header', caller()) }}
{%- endmacro %}

{% macro should_full_refresh() %}
  {% set wanted = config.get('full_refresh') %}
  {% do return(flags.FULL_REFRESH if wanted is none else wanted) %}
{% endmacro %}

{% macro should_store_failures() %}
  {% set wanted = config.get('store_failures') %}
  {% do return(flags.STORE_FAILURES if wanted is none else wanted) %}
{% endmacro %}

{# False while parsing, and for everything that is not an incremental model with a table in place. #}
{% macro is_incremental() %}
  {% if not execute %}
    {% do return(false) %}
  {% endif %}
  {% set existing = adapter.get_relation(this.database, this.schema, this.identifier) %}
  {% do return(
      existing is not none
      and existing.is_table
      and model.config.materialized == 'incremental'
      and not should_full_refresh()
  ) %}
{% endmacro %}
