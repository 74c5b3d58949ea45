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
