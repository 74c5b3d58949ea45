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
{% macro create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) -%}
  {#- Macros of projects that are older than these arguments do not know them. -#}
  {%- set layout = {'partitioned_by': partitioned_by, 'sorted_by': sorted_by} if partitioned_by or sorted_by else {} -%}
  {{ return(adapter.dispatch('create_table_as', 'dbt')(temporary, relation, compiled_code, language, **layout)) }}
{%- endmacro %}

{% macro duckdb__create_table_as(temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none) %}
    {%- if language != 'sql' -%}
      {%- do exceptions.raise_compiler_error(
          "duckdb__create_table_as macro didn't get supported language, it got " ~ language) -%}
    {%- endif -%}
    {%- set contract = has_enforced_contract() -%}
    {%- if contract %}{{ get_assert_columns_equivalent(compiled_code) }}{% endif -%}
    {%- set target = relation.include(database=(not temporary), schema=(not temporary)) %}
    {{ config.get('sql_header', '') }}

    create {{ 'temporary' if temporary }} table
      {{ target }}
  {%- if contract and not temporary %}
    {{ get_table_columns_and_constraints() }};
    {{ table_layout_sql(relation, partitioned_by, sorted_by) }}
    insert into {{ target }} {{ get_column_names() }} (
      {{ get_select_subquery(compiled_code) }}
    );
  {%- elif partitioned_by or sorted_by %}
    as (
      select * from (
        {{ compiled_code }}
      ) as model_subq limit 0
    );
    {{ table_layout_sql(relation, partitioned_by, sorted_by) }}
    insert into {{ target }} select * from (
      {{ compiled_code }}
    ) as model_subq;
  {%- else %}
  {# contract #}
    {# partitions #}
    as (
      {{ compiled_code }}
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

{# "(id, name)": the columns of the contract behind the name of a table. #}
{% macro get_column_names() %}
  ({{ default__get_column_names() }})
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

{# A table for the rows of one run: {'relation': ..., 'temporary': whether the connection forgets it}. MotherDuck has no
   such tables. #}
{% macro duckdb__dispatch_temporary_relation(target_relation, batch_id='') %}
  {% if not adapter.is_motherduck() %}
    {% do return({'relation': make_temp_relation(target_relation), 'temporary': true}) %}
  {% endif %}
  {% set relation = target_relation.incorporate(path=adapter.get_temp_relation_path(target_relation, batch_id)) %}
  {% do run_query(create_schema(relation)) %}
  {% do adapter.commit() %}
  {% do return({'relation': relation, 'temporary': false}) %}
{% endmacro %}

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

{# How the rows of a table are laid out in storage: only DuckLake knows of that. #}

{# The columns a model is partitioned or sorted by, as a list: the first of the two names that is set. None where they do
   not count: for tables that are only needed on the way, and where the database has no such thing. #}
{% macro layout_columns(relation, temporary, names) %}
  {% set given = [] %}
  {% for name in names if config.get(name) is not none and config.get(name) != '' %}
    {% do given.append(config.get(name)) %}
  {% endfor %}
  {% if temporary or not given %}
    {% do return(none) %}
  {% endif %}
  {% set shown = names | join('/') %}
  {% set columns = normalize_string_or_list(given[0], shown) %}
  {% if not columns %}
    {% do exceptions.raise_compiler_error(shown ~ ' must contain at least one column') %}
  {% endif %}
  {% set on_the_way = this is defined and config.get('materialized') in ['table', 'incremental']
      and relation.identifier and this.identifier and relation.identifier != this.identifier %}
  {% if on_the_way %}
    {% do return(none) %}
  {% elif not adapter.is_ducklake(relation) %}
    {% do adapter.warn_once(shown ~ ' is only supported for DuckLake relations; ignoring for ' ~ relation) %}
    {% do return(none) %}
  {% endif %}
  {% do return(columns) %}
{% endmacro %}

{% macro duckdb__get_partitioned_by(relation, temporary) -%}
  {% set columns = layout_columns(relation, temporary, ['partitioned_by', 'partition_by']) %}
  {% do return(columns | join(', ') if columns else none) %}
{%- endmacro %}

{% macro duckdb__alter_table_set_partitioned_by(relation, partitioned_by) -%}
  alter table {{ relation }} set partitioned by ({{ partitioned_by }});
{%- endmacro %}

{% macro duckdb__get_sorted_by(relation, temporary) -%}
  {% set quoted = [] %}
  {% for column in layout_columns(relation, temporary, ['sorted_by', 'sort_by']) or [] %}
    {% do quoted.append(adapter.quote(column | replace('"', '""'))) %}
  {% endfor %}
  {% do return(quoted | join(', ') if quoted else none) %}
{%- endmacro %}

{% macro duckdb__alter_table_set_sorted_by(relation, sorted_by) -%}
  alter table {{ relation }} set sorted by ({{ sorted_by }});
{%- endmacro %}

{# The statements between that which makes a table and that which fills it. #}
{% macro table_layout_sql(relation, partitioned_by, sorted_by) -%}
  {{ duckdb__alter_table_set_partitioned_by(relation, partitioned_by) if partitioned_by }}
  {{- duckdb__alter_table_set_sorted_by(relation, sorted_by) if sorted_by }}
{%- endmacro %}

{# Schemas and what is in them, as DuckDB's own tables of them have it: for all databases at once. #}

{% macro duckdb__create_schema(relation) -%}
  {%- call statement('create_schema') -%}
    create schema if not exists {{ relation.without_identifier() }}
  {%- endcall -%}
{%- endmacro %}

{% macro duckdb__drop_schema(relation) -%}
  {%- call statement('drop_schema') -%}
    drop schema if exists {{ relation.without_identifier() }} cascade
  {%- endcall -%}
{%- endmacro %}

{# "lower(column) = 'text'" #}
{% macro same_name_sql(column, text) -%}
  lower({{ column }}) = {{ string_literal(escape_single_quotes(text | lower)) }}
{%- endmacro %}

{% macro duckdb__list_schemas(database) -%}
  {{ return(run_query('select schema_name from system.information_schema.schemata'
      ~ (' where ' ~ same_name_sql('catalog_name', database) if database is not none else ''))) }}
{%- endmacro %}

{% macro duckdb__check_schema_exists(information_schema, schema) -%}
  {{ return(run_query('select count(*) from system.information_schema.schemata where '
      ~ same_name_sql('schema_name', schema)
      ~ ' and ' ~ same_name_sql('catalog_name', information_schema.database))) }}
{%- endmacro %}

{% macro duckdb__list_relations_without_caching(schema_relation) %}
  {% call statement('list_relations_without_caching', fetch_result=true) -%}
    select
      {{ string_literal(escape_single_quotes(schema_relation.database)) }} as database,
      table_name as name,
      table_schema as schema,
      case table_type when 'VIEW' then 'view' else 'table' end as type
    from system.information_schema.tables
    where {{ same_name_sql('table_schema', schema_relation.schema) }}
      and {{ same_name_sql('table_catalog', schema_relation.database) }}
  {%- endcall %}
  {{ return(load_result('list_relations_without_caching').table) }}
{% endmacro %}

{% macro duckdb__get_columns_in_relation(relation) -%}
  {% call statement('get_columns_in_relation', fetch_result=true) %}
    select column_name, column_type as data_type,
      null::bigint as character_maximum_length, null::bigint as numeric_precision, null::bigint as numeric_scale
    from (describe {{ relation.render() }})
  {% endcall %}
  {{ return(sql_convert_columns_in_relation(load_result('get_columns_in_relation').table)) }}
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
