{# Rights on relations, from `grants`. #}

{% macro apply_grants(relation, grant_config, should_revoke) %}
  {{ return(adapter.dispatch('apply_grants', 'dbt')(relation, grant_config, should_revoke)) }}
{% endmacro %}

{# Brings the rights on a relation to those configured. What it has is only asked for where there may be any. #}
{% macro default__apply_grants(relation, grant_config, should_revoke=true) %}
  {% if not grant_config %}
    {% do return(none) %}
  {% endif %}
  {% set granted = current_grants_of(run_query(get_show_grant_sql(relation))) if should_revoke else {} %}
  {% set missing = diff_of_two_dicts(grant_config, granted) if should_revoke else grant_config %}
  {% set unwanted = diff_of_two_dicts(granted, grant_config) if should_revoke else {} %}
  {% if not missing and not unwanted %}
    {{ log('On ' ~ relation.render() ~ ': All grants are in place, no revocation or granting needed.') }}
    {% do return(none) %}
  {% endif %}
  {% set statements = get_dcl_statement_list(relation, unwanted, get_revoke_sql)
      + get_dcl_statement_list(relation, missing, get_grant_sql) %}
  {% if statements %}
    {{ call_dcl_statements(statements) }}
  {% endif %}
{% endmacro %}

{# Whether rights of before may still be there: only on a relation that is kept. #}
{% macro should_revoke(existing_relation, full_refresh_mode=true) %}
  {% if not existing_relation %}
    {% do return(false) %}
  {% endif %}
  {% do return(copy_grants() if full_refresh_mode else true) %}
{% endmacro %}

{% macro copy_grants() %}
  {{ return(adapter.dispatch('copy_grants', 'dbt')()) }}
{% endmacro %}

{% macro default__copy_grants() %}
  {% do return(true) %}
{% endmacro %}

{# The statements: what to show, give and take away. #}
{% macro get_show_grant_sql(relation) %}
  {{ return(adapter.dispatch('get_show_grant_sql', 'dbt')(relation)) }}
{% endmacro %}

{% macro default__get_show_grant_sql(relation) %}
    show grants on {{ relation.render() }}
{% endmacro %}

{% macro get_grant_sql(relation, privilege, grantees) %}
  {{ return(adapter.dispatch('get_grant_sql', 'dbt')(relation, privilege, grantees)) }}
{% endmacro %}

{%- macro default__get_grant_sql(relation, privilege, grantees) -%}
    grant {{ privilege }} on {{ relation.render() }} to {{ grantees | join(', ') }}
{%- endmacro -%}

{% macro get_revoke_sql(relation, privilege, grantees) %}
  {{ return(adapter.dispatch('get_revoke_sql', 'dbt')(relation, privilege, grantees)) }}
{% endmacro %}

{%- macro default__get_revoke_sql(relation, privilege, grantees) -%}
    {%- set quoted = [] -%}
    {%- for grantee in grantees %}{% do quoted.append(adapter.quote(grantee)) %}{% endfor -%}
    revoke {{ privilege }} on {{ relation.render() }} from {{ quoted | join(', ') }}
{%- endmacro -%}

{# Whether one statement may name several users. #}
{% macro support_multiple_grantees_per_dcl_statement() %}
  {{ return(adapter.dispatch('support_multiple_grantees_per_dcl_statement', 'dbt')()) }}
{% endmacro %}

{%- macro default__support_multiple_grantees_per_dcl_statement() -%}
  {{ return(true) }}
{%- endmacro -%}

{# A statement per privilege, or per privilege and user, of `get_dcl_macro`: get_grant_sql or get_revoke_sql. #}
{% macro get_dcl_statement_list(relation, grant_config, get_dcl_macro) %}
  {{ return(adapter.dispatch('get_dcl_statement_list', 'dbt')(relation, grant_config, get_dcl_macro)) }}
{% endmacro %}

{%- macro default__get_dcl_statement_list(relation, grant_config, get_dcl_macro) -%}
  {%- set statements = [] -%}
  {%- for privilege, grantees in grant_config.items() -%}
    {%- set groups = [grantees] if grantees and support_multiple_grantees_per_dcl_statement()
        else grantees | batch(1) | list -%}
    {%- for group in groups %}{% do statements.append(get_dcl_macro(relation, privilege, group)) %}{% endfor -%}
  {%- endfor -%}
  {{ return(statements) }}
{%- endmacro %}

{% macro call_dcl_statements(dcl_statement_list) %}
  {{ return(adapter.dispatch('call_dcl_statements', 'dbt')(dcl_statement_list)) }}
{% endmacro %}

{# All in one go. #}
{% macro default__call_dcl_statements(dcl_statement_list) %}
  {% call statement('grants') %}
    {% for dcl_statement in dcl_statement_list %}
      {{ dcl_statement }};
    {% endfor %}
  {% endcall %}
{% endmacro %}

{# {privilege: [user]} of rows with `grantee` and `privilege_type`. #}
{% macro current_grants_of(grants_table) %}
  {% set found = {} %}
  {% for row in grants_table %}
    {% do found.setdefault(row['privilege_type'], []).append(row['grantee']) %}
  {% endfor %}
  {% do return(found) %}
{% endmacro %}
