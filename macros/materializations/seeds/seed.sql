{# A seed is made once and emptied for each load; with a full refresh it is made anew. #}
{% materialization seed, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- set full_refresh = should_full_refresh() -%}
  {%- if existing is not none and existing.is_view -%}
    {%- do exceptions.raise_compiler_error("Cannot seed to '" ~ existing ~ "', it is a view") -%}
  {%- endif -%}
  {%- set target_relation = this.incorporate(type='table') -%}
  {%- set agate_table = load_agate_table() -%}
  {%- do store_result('agate_table', response='OK', agate_table=agate_table) -%}

  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}

  {% if existing is none %}
    {% set prepared = create_csv_table(model, agate_table) %}
  {% else %}
    {% set prepared = reset_csv_table(model, full_refresh, existing, agate_table) %}
  {% endif %}
  {% set loaded = load_csv_rows(model, agate_table) %}

  {% set code = 'CREATE' if full_refresh else 'INSERT' %}
  {% set count = agate_table | length %}
  {% call noop_statement('main', code ~ ' ' ~ count, code, count) -%}
    {{ get_csv_sql(prepared, loaded) }}
  {%- endcall %}

  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, full_refresh)) %}
  {% do persist_docs(target_relation, model) %}
  {% if full_refresh or existing is none %}
    {% do create_indexes(target_relation) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {{ adapter.commit() }}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}
