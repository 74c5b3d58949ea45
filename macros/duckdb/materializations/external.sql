{# A model that is a file: its rows are written with COPY, and a view over the file takes the model's name. A file
   without rows would have no types, so an empty result is written as one row of nulls, which the view leaves out. #}
{% materialization external, adapter='duckdb', supported_languages=['sql', 'python'] %}
  {%- set location = render(config.get('location', default=external_location(this, config))) -%}
  {%- set options = render_write_options(config) -%}
  {%- set copy_options = adapter.external_write_options(location, options) -%}
  {%- set format = external_format(config, options) -%}
  {%- set read_location = adapter.external_read_location(location, options) -%}

  {%- set target_relation = this.incorporate(type='view') -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- set rows = make_intermediate_relation(this.incorporate(type='table'), suffix='__dbt_tmp') -%}
  {%- set intermediate = make_intermediate_relation(target_relation, suffix='__dbt_int') -%}
  {%- set backup = make_backup_relation(target_relation, existing.type if existing else 'table') -%}

  {{ drop_relation_if_exists(load_cached_relation(intermediate)) }}
  {{ drop_relation_if_exists(load_cached_relation(rows)) }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ run_hooks(pre_hooks, inside_transaction=false) }}
  {{ run_hooks(pre_hooks, inside_transaction=true) }}

  {% call statement('create_table') -%}
    {{- create_table_as(false, rows, compiled_code) }}
  {%- endcall %}
  {%- set is_empty = run_query('select count(*) as row_count from ' ~ rows)[0][0] == 0 -%}
  {%- set columns = get_columns_in_relation(rows) -%}
  {% if is_empty %}
    {% call statement('one_row') -%}
      insert into {{ rows }} values ({{ (['NULL'] * (columns | length)) | join(', ') }})
    {%- endcall %}
  {% endif %}
  {{ write_to_file(rows, location, copy_options) }}
  {% call statement('main') -%}
    create or replace view {{ intermediate }} as (
      select * from {{ external_reader(format, read_location, config, options) }}
      {% if is_empty %}where 1{% for column in columns %} AND {{ column.quoted }} is not NULL{% endfor %}{% endif %}
    );
  {%- endcall %}

  {{ swap_relations(existing, intermediate, backup, target_relation) }}
  {{ run_hooks(post_hooks, inside_transaction=true) }}
  {% do apply_grants(target_relation, config.get('grants'), should_revoke=should_revoke(existing, true)) %}
  {% do persist_docs(target_relation, model) %}
  {{ adapter.commit() }}
  {{ drop_relation_if_exists(load_cached_relation(backup)) }}
  {{ drop_relation_if_exists(rows) }}

  {%- set plugin = 'glue|' ~ config.get('glue_database', 'default') if config.get('glue_register', default=false)
                   else config.get('plugin') -%}
  {% if plugin is not none %}
    {% do store_relation(plugin, target_relation, location, format, config) %}
  {% endif %}
  {{ run_hooks(post_hooks, inside_transaction=false) }}
  {{ return({'relations': [target_relation]}) }}
{% endmaterialization %}

{# The format of the config, else the one the file is written in; what DuckDB cannot read back is read as Parquet. #}
{% macro external_format(config, options) %}
  {%- set allowed = ['csv', 'parquet', 'json'] -%}
  {%- set asked = config.get('format') -%}
  {%- if asked and asked not in allowed -%}
    {{ exceptions.raise_compiler_error("Invalid format: " ~ asked ~ ". Allowed formats are: " ~ allowed | join(', ')) }}
  {%- endif -%}
  {%- set written = options['format'] | lower -%}
  {{ return(asked or (written if written in allowed else 'parquet')) }}
{% endmacro %}

{# read_csv('...', auto_detect=True): with the options of the config, and the compression the file was written with. #}
{% macro external_reader(format, read_location, config, options) %}
  {%- set defaults = {'parquet': {'union_by_name': False}, 'csv': {'auto_detect': True}, 'json': {'auto_detect': True}} -%}
  {%- set read_options = dict(config.get(format ~ '_read_options', defaults[format])) -%}
  {%- if format != 'parquet' and options.get('compression') and 'compression' not in read_options -%}
    {%- do read_options.update({'compression': options['compression']}) -%}
  {%- endif -%}
  {%- set arguments = [string_literal(escape_single_quotes(read_location))] -%}
  {%- for key, value in read_options.items() -%}
    {%- do arguments.append(key ~ '=' ~ ("'" ~ value ~ "'" if value is string else value)) -%}
  {%- endfor -%}
  {{ return('read_' ~ format ~ '(' ~ arguments | join(', ') ~ ')') }}
{% endmacro %}
