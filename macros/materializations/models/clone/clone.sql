{# What another project built, in the place of this one: a copy where the database makes copies at no cost, else a
   view. A relation that is there stays unless --full-refresh is given. #}
{%- materialization clone, default -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if not defer_relation -%}
    {{ log("No relation found in state manifest for " ~ model.unique_id, info=true) }}
    {{ return({'relations': [existing] if existing else []}) }}
  {%- endif -%}
  {%- if existing and not flags.FULL_REFRESH -%}
    {{ log("Relation " ~ existing ~ " already exists", info=true) }}
    {{ return({'relations': [existing]}) }}
  {%- endif -%}

  {%- set there = load_cached_relation(defer_relation) -%}
  {%- if there and there.type == 'table' and can_clone_table() -%}
    {%- set target_relation = this.incorporate(type='table') -%}
    {{ drop_relation_if_exists(existing if existing and not existing.is_table else none) }}
    {% call statement('main') -%}
      {{ create_or_replace_clone(target_relation, defer_relation) }}
    {%- endcall %}
  {%- else -%}
    {%- set target_relation = this.incorporate(type='view') -%}
    {{ drop_relation_if_exists(existing) }}
    {% call statement('main') -%}
      {{ get_create_view_as_sql(target_relation, get_clone_view_sql(defer_relation)) }}
    {%- endcall %}
  {%- endif -%}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, true)) %}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {{ return({'relations': [target_relation]}) }}
{%- endmaterialization -%}

{% macro get_clone_view_sql(defer_relation) %}select * from {{ defer_relation }}{% endmacro %}
