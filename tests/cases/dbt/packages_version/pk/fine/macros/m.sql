{% macro fine_only() %}fine {{ overridden() }}{% endmacro %}
{% macro overridden() %}{{ return(adapter.dispatch('overridden', 'fine')()) }}{% endmacro %}
{% macro default__overridden() %}package{% endmacro %}
{% materialization view, default %}{{ exceptions.raise_compiler_error('a package may not replace it') }}{% endmaterialization %}
{% materialization custom, default %}
  {% call statement('main') %}create or replace view {{ this }} as ({{ sql }}){% endcall %}
  {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
