{# DuckDB refuses to rename a table that has an index. #}
{% macro drop_indexes_on_relation(relation) -%}
  {% call statement('list_indexes', fetch_result=true) -%}
    select index_name
    from duckdb_indexes()
    where database_name = {{ string_literal(escape_single_quotes(relation.database)) }}
      and schema_name = {{ string_literal(escape_single_quotes(relation.schema)) }}
      and table_name = {{ string_literal(escape_single_quotes(relation.identifier)) }}
  {%- endcall %}
  {% for row in load_result('list_indexes').table %}
    {% call statement() -%}
      drop index {{ relation.without_identifier() }}.{{ adapter.quote(row[0]) }}
    {%- endcall %}
  {% endfor %}
{%- endmacro %}

{# The lines in front of the query are as many as dbt-duckdb's, so that the line numbers in the database's
   messages are the ones users know. #}
{% macro create_table_as(temporary, relation, compiled_code, language='sql') -%}
  {{ adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code) }}
{%- endmacro %}

{% macro duckdb__create_table_as(temporary, relation, sql) %}
    {%- set contract = has_enforced_contract() -%}
    {%- if contract %}{{ get_assert_columns_equivalent(sql) }}{% endif -%}
    {%- set target = relation.include(database=(not temporary), schema=(not temporary)) %}
    {{ config.get('sql_header', '') }}

    create {{ 'temporary' if temporary }} table
      {{ target }}
  {%- if contract and not temporary %}
    {{ get_table_columns_and_constraints() }};
    insert into {{ target }} ({{ get_column_names() }}) (
      {{ get_select_subquery(sql) }}
    );
  {%- else %}
  {# contract #}
    {# partitions #}
    as (
      {{ sql }}
    );
  {%- endif %}
{% endmacro %}

{# A query whose columns are asked for cannot have other statements in front: the header runs by itself. #}
{% macro duckdb__get_empty_subquery_sql(select_sql, select_sql_header=none) %}
  {%- if select_sql_header -%}
    {%- do run_query(select_sql_header) -%}
  {%- endif -%}
  select * from (
    {{ select_sql }}
  ) as __dbt_sbq
  where false
  limit 0
{% endmacro %}

{% macro get_column_names() %}
  {% do return(default__get_column_names()) %}
{% endmacro %}

{% macro duckdb__create_view_as(relation, sql) %}
  {%- if has_enforced_contract() %}{{ get_assert_columns_equivalent(sql) }}{% endif %}
  {{ config.get('sql_header', '') }}
  create view {{ relation }} as (
    {{ sql }}
  );
{% endmacro %}

{% macro duckdb__get_create_index_sql(relation, index_dict) -%}
  {%- set index = adapter.parse_index(index_dict) -%}
  {%- set columns = [] -%}
  {%- for column in index.columns -%}
    {%- do columns.append(adapter.quote(column)) -%}
  {%- endfor -%}
  create {{ 'unique' if index.unique }} index {{ adapter.quote(index.render(relation)) }} on {{ relation }} ({{ columns | join(', ') }})
{%- endmacro %}

{# DuckDB has no users, and so no rights. #}
{% macro duckdb__apply_grants(relation, grant_config, should_revoke=true) %}
  {% if grant_config %}
    {% do adapter.warn_once('Grants for relations are not supported by DuckDB') %}
  {% endif %}
{% endmacro %}

{% macro duckdb__drop_relation(relation) -%}
  {% call statement('drop_relation', auto_begin=false) -%}
    drop {{ relation.type }} if exists {{ relation }} cascade
  {%- endcall %}
{%- endmacro %}

{% macro duckdb__rename_relation(from_relation, to_relation) -%}
  {% set kind = from_relation.type or to_relation.type or 'table' %}
  {% if kind == 'table' %}
    {{ drop_indexes_on_relation(from_relation) }}
  {% endif %}
  {% call statement('rename_relation') -%}
    alter {{ kind }} {{ from_relation }} rename to {{ adapter.quote(to_relation.identifier) }}
  {%- endcall %}
{%- endmacro %}

{% macro duckdb__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{%- endmacro %}

{% macro has_foreign_key_constraints(model) %}
  {% set constraints = (model['constraints'] or []) | list %}
  {% for column in (model['columns'] or {}).values() %}
    {% do constraints.extend(column['constraints']) %}
  {% endfor %}
  {% do return(has_enforced_contract()
      and constraints | selectattr('type', 'equalto', 'foreign_key') | list | length > 0) %}
{% endmacro %}

{# Tables whose foreign keys refer to the relation, directly or through others, must go before it is replaced: DuckDB
   keeps what others refer to. Those that this run builds again are dropped; without them all it is an error. #}
{% macro drop_foreign_key_dependents(relation) %}
  {% set database, schema = relation.database | lower | replace("'", "''"), relation.schema | lower | replace("'", "''") %}
  {% set dependents = run_query("
    with recursive keys as (
      select distinct table_name, referenced_table
      from duckdb_constraints()
      where constraint_type = 'FOREIGN KEY'
        and lower(database_name) = '" ~ database ~ "' and lower(schema_name) = '" ~ schema ~ "'
        and lower(table_name) <> lower(referenced_table)
    ), reached(name, depth) as (
      select table_name, 1 from keys where lower(referenced_table) = '"
        ~ relation.identifier | lower | replace("'", "''") ~ "'
      union
      select table_name, depth + 1 from keys join reached on lower(referenced_table) = lower(name)
    )
    select name from reached group by name order by max(depth) desc, name") %}
  {% set names = dependents.columns[0].values() | list %}
  {% set owners = {} %}
  {% for node in graph.nodes.values() if names and node.relation_name and node.schema | lower == schema %}
    {% do owners.update({node.alias | lower: node}) %}
  {% endfor %}
  {% set kept = [] %}
  {% for name in names %}
    {% set owner = owners.get(name | lower) %}
    {% if owner is none %}
      {% do kept.append(name ~ ' (not a model of this project)') %}
    {% elif owner.unique_id not in selected_resources %}
      {% do kept.append(name ~ ' (model ' ~ owner.name ~ ' is not selected in this run)') %}
    {% endif %}
  {% endfor %}
  {% if kept %}
    {% do exceptions.raise_compiler_error('Cannot replace ' ~ relation ~ ' because DuckDB does not allow replacing a '
        ~ 'table that a foreign key references, and dbt-duckdb can only drop referencing tables that this run will '
        ~ 'rebuild. Problem tables: ' ~ kept | join(', ')) %}
  {% endif %}
  {% for name in names %}
    {% do log('Dropping ' ~ name ~ ', which refers to ' ~ relation ~ ' and is built again in this run') %}
    {{ adapter.drop_relation(relation.incorporate(path={'identifier': name}, type='table')) }}
  {% endfor %}
{% endmacro %}

{# The options of COPY: `options` of the config, and what older projects write beside it. #}
{% macro render_write_options(config) -%}
  {%- set options = config.get('options', {}) -%}
  {%- if options is not mapping -%}
    {% do exceptions.raise_compiler_error("The options argument must be a dictionary") %}
  {%- endif -%}
  {%- for key in options -%}
    {%- do options.update({key: render(options[key])}) -%}
  {%- endfor -%}
  {%- for key in ['format', 'delimiter'] if config.get(key) -%}
    {%- do options.update({key: render(config.get(key))}) -%}
  {%- endfor -%}
  {% do return(options) %}
{%- endmacro %}

{% macro write_to_file(relation, location, options) -%}
  {% call statement('write_to_file') -%}
    copy {{ relation }} to {{ string_literal(escape_single_quotes(location)) }} ({{ options }})
  {%- endcall %}
{%- endmacro %}

{% macro location_exists(location) -%}
  {% do return(adapter.location_exists(location)) %}
{%- endmacro %}

{% macro store_relation(plugin, relation, location, format, config) -%}
  {% do adapter.store_relation(plugin, relation, adapter.get_columns_in_relation(relation), location, format, config) %}
{%- endmacro %}

{# A temporary table belongs to its connection and has neither schema nor database: its name tells them apart. #}
{% macro duckdb__make_temp_relation(base_relation, suffix) %}
  {% set identifier = base_relation.schema ~ '__' ~ base_relation.identifier ~ suffix %}
  {% do return(base_relation.incorporate(path={'database': none, 'schema': none, 'identifier': identifier})) %}
{% endmacro %}

{% macro duckdb__get_incremental_default_sql(arg_dict) %}
  {% do return(get_incremental_delete_insert_sql(arg_dict)) %}
{% endmacro %}
