{% macro tell(text) %}{% do log('it is ' ~ text, true) %}{% endmacro %}

{% macro place(schema='s', identifier='i', database='warehouse') %}
{{ return(api.Relation.create(database=database, schema=schema, identifier=identifier)) }}
{% endmacro %}

{% macro lookup(database, schema, identifier) %}
{% do tell(adapter.get_relation(database, schema, identifier)) %}
{% endmacro %}

{% macro older() %}
{% do tell(adapter.already_exists('main', 'thing') ~ adapter.already_exists('main', 'nothing')) %}
{% do tell(adapter.get_columns_in_table('main', 'thing') | map(attribute='name') | join('-')) %}
{% do tell(adapter.get_columns_in_table('main', 'nothing')) %}
{% endmacro %}

{% macro oldest() %}{{ adapter_macro('some_macro', 1, two=2) }}{% endmacro %}
{% macro partitions() %}{% do adapter.get_partitions_metadata('x') %}{% endmacro %}

{% macro temporary() %}
{% set path = adapter.get_temp_relation_path(place(), 'b1') %}
{% do tell(path.database ~ path.schema ~ path.identifier[:3] ~ path.identifier[-4:] ~ (path.identifier | length)) %}
{% do tell(adapter.get_temp_relation_path(place('z', 'i', 'q')).identifier == path.identifier[:-4]) %}
{% do tell(adapter.get_temp_relation_path(place('z', 'j', 'q')).identifier == path.identifier[:-4]) %}
{% do tell(api.Relation.create(schema=path.schema, identifier='x')) %}
{% endmacro %}

{% macro batches() %}
{% set time = modules.datetime.datetime(2024, 1, 2, 3) %}
{% do tell(adapter.batch_id_for_model({'batch': {'event_time_start': time}})) %}
{% do tell(adapter.batch_id_for_model({'batch': {'event_time_start': modules.pytz.utc.localize(time)}})) %}
{% do tell(adapter.batch_id_for_model({'batch': {'event_time_start': '2024-01-02T03:00:00+00:00'}})) %}
{% do tell(adapter.batch_id_for_model({'batch': {}}) ~ '|' ~ adapter.batch_id_for_model({'config': {}}) ~ '|') %}
{% endmacro %}

{% macro grants() %}
{% set rows = run_query("select * from (values ('alice', 'select'), ('bob', 'select'), ('alice', 'insert')) t(grantee, privilege_type)") %}
{% do tell(adapter.standardize_grants_dict(rows)) %}
{% do tell(adapter.standardize_grants_dict(run_query("select 'x' as grantee, 'y' as privilege_type where false"))) %}
{% endmacro %}

{% macro wrong_grants() %}{% do adapter.standardize_grants_dict(run_query('select 1 as a')) %}{% endmacro %}

{% macro texts() %}
{% do tell(adapter.escape_sql_string("it's ''") ~ adapter.escape_sql_string(none) ~ adapter.escape_sql_string(3)) %}
{% endmacro %}

{% macro keys() %}
{% do run_query('create or replace table keyed (a int primary key, b int unique, c int unique, d int check (d > 0))') %}
{% do run_query('create or replace table pointing (a int references keyed (a))') %}
{% do tell(adapter.existing_key_constraint_types(place('main', 'keyed'))) %}
{% do tell(adapter.existing_key_constraint_types(place('main', 'thing'))) %}
{% do tell(adapter.catalog_supports_foreign_keys('Warehouse') ~ adapter.catalog_supports_foreign_keys('none')) %}
{% endmacro %}

{% macro keys_of_text() %}{% do adapter.existing_key_constraint_types('x') %}{% endmacro %}

{% macro transaction(then_commit) %}
{% do tell(adapter.ensure_transaction()) %}
{% do run_query('create table made_' ~ ('kept' if then_commit else 'lost') ~ ' as select 1 as a') %}
{% if then_commit %}{% do adapter.commit() %}{% endif %}
{% endmacro %}

{% macro behaviours() %}
{% set one = adapter.behavior.require_batched_execution_for_custom_microbatch_strategy %}
{% do tell(one.no_warn) %}
{% do tell((1 if one else 0) ~ one.setting ~ one.name) %}
{% do tell(1 if adapter.behavior.enable_truthy_nulls_equals_macro else 0) %}
{% endmacro %}

{% macro unknown_behaviour() %}{% do tell(adapter.behavior.invented) %}{% endmacro %}

{% macro configuration() %}
{% set c = adapter.config %}
{% do tell(c.project_name ~ c.profile_name ~ c.target_name ~ c.credentials.schema ~ c.credentials.database ~ c.model_paths) %}
{% endmacro %}

{% macro unknown_method() %}{% do adapter.invented() %}{% endmacro %}
