{# For on-run-start: the external models that the selected ones are made from and that are not selected themselves get
   their views over the files that an earlier run wrote, which a warehouse in memory has forgotten. #}
{%- macro register_upstream_external_models() -%}
  {%- if execute -%}
    {%- set seen = {} -%}
    {%- set schemas = {} -%}
    {%- for id in selected_resources if id in graph['nodes'] -%}
      {%- for parent_id in graph['nodes'][id]['depends_on']['nodes'] if parent_id not in seen and parent_id not in selected_resources -%}
        {%- do seen.update({parent_id: none}) -%}
        {%- set parent = graph['nodes'].get(parent_id) -%}
        {%- if parent and parent.resource_type in ('model', 'seed') and parent.config.materialized == 'external' -%}
          {%- do register_external_model(parent, schemas) -%}
        {%- endif -%}
      {%- endfor -%}
    {%- endfor -%}
    {%- if schemas -%}
      {% do adapter.commit() %}
    {%- endif -%}
  {%- endif -%}
{%- endmacro -%}

{# `schemas` remembers which were made. #}
{% macro register_external_model(node, schemas) %}
  {%- set relation = api.Relation.create(database=node['database'], schema=node['schema'], identifier=node['alias']) -%}
  {%- set location = node.config.get('location', external_location(relation, node.config)) -%}
  {%- set read_location = adapter.external_read_location(location, render_write_options(node.config)) -%}
  {% if relation.schema not in schemas %}
    {% call statement('main') -%}
      create schema if not exists {{ relation.without_identifier() }}
    {%- endcall %}
    {% do schemas.update({relation.schema: none}) %}
  {% endif %}
  {% call statement('main') -%}
    create or replace view {{ relation }} as (
      select * from {{ string_literal(escape_single_quotes(read_location)) }}
    );
  {%- endcall %}
{% endmacro %}
