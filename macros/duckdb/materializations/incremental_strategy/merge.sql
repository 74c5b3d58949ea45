{% macro duckdb__get_incremental_merge_sql(args_dict) %}
  {% do return(duckdb__get_merge_sql(
      args_dict['target_relation'], args_dict['temp_relation'], args_dict['unique_key'], args_dict['dest_columns'],
      normalize_incremental_predicates(args_dict.get('incremental_predicates')))) %}
{% endmacro %}

{# What happens to rows that match and to those that do not is a list of clauses each: those of `merge_clauses`, else one
   that the other configurations make. #}
{% macro duckdb__get_merge_sql(target, source, unique_key, dest_columns, incremental_predicates=none) %}
  {%- set predicates = normalize_incremental_predicates(incremental_predicates) -%}
  {{ validate_merge_config(config, target) }}
  {%- set only = config.get('merge_update_columns', []) -%}
  {%- set without = config.get('merge_exclude_columns', []) -%}
  {%- set expressions = config.get('merge_update_set_expressions', {}) -%}
  {%- set defaults = merge_clause_defaults(
      config.get('merge_update_condition'), config.get('merge_insert_condition'), only, without, expressions) -%}
  {%- set clauses = config.get('merge_clauses', {}) -%}
  {%- set chosen = only | length + without | length + expressions | length > 0 -%}
  {%- set matched = clauses.get('when_matched',
      [defaults.when_matched_update_explicit if chosen else defaults.when_matched_update_by_name]) -%}
  {%- set unmatched = clauses.get('when_not_matched', [defaults.when_not_matched_insert_by_name]) -%}
  {%- set returned = config.get('merge_returning_columns', []) %}
    {{ config.get('sql_header', '') }}
    merge into {{ target }} as DBT_INTERNAL_DEST
    using {{ source }} as DBT_INTERNAL_SOURCE
    {{ duckdb__merge_join_clause(unique_key, config.get('merge_on_using_columns', []), predicates) }}
  {%- for clause in matched %}
    when matched {{ merge_clause_condition(clause) }} then
      {%- set chosen = clause.get('update', {}) %}
      {{ merge_clause_action(clause, get_merge_update_columns(chosen.get('include', []), chosen.get('exclude', []), dest_columns)
          if clause.get('action') == 'update' and clause.get('mode') == 'explicit' else none) }}
  {%- endfor %}
  {%- for clause in unmatched %}
    when not matched {{ 'by ' ~ clause.get('by') if clause.get('by') }} {{ merge_clause_condition(clause) }} then
      {{ merge_clause_action(clause, none) }}
  {%- endfor %}
  {%- if returned %}
    returning {{ returned if returned is string else returned | join(', ') }}
  {%- endif %}
{% endmacro %}

{# Which rows are the same: by the columns of merge_on_using_columns, else by the unique key; without one, none. #}
{% macro duckdb__merge_join_clause(unique_key, merge_on_using_columns, incremental_predicates) %}
  {%- set keys = [unique_key] if unique_key is string else (unique_key or []) -%}
  {%- set conditions = [] -%}
  {%- if not merge_on_using_columns -%}
    {%- for key in keys -%}
      {%- do conditions.append('DBT_INTERNAL_SOURCE.' ~ key ~ ' = DBT_INTERNAL_DEST.' ~ key) -%}
    {%- endfor -%}
    {%- if not keys -%}
      {%- do conditions.append('false') -%}
    {%- endif -%}
  {%- endif -%}
  {%- do conditions.extend(incremental_predicates or []) -%}
  {%- if merge_on_using_columns -%}
    using ({{ merge_on_using_columns | join(', ') }})
  {%- endif -%}
  {%- if conditions %}
    on ({{ conditions | join(') and (') }})
  {%- endif -%}
{% endmacro %}

{# A condition is one text or a list of them, all of which must hold. #}
{% macro merge_clause_condition(clause) %}
  {%- set condition = clause.get('condition') -%}
  {%- if condition -%}
    and {{ condition if condition is string else '(' ~ condition | join(') and (') ~ ')' }}
  {%- endif -%}
{% endmacro %}

{# What a clause does. `columns` are those that an update takes from the source; none where it only has expressions. #}
{% macro merge_clause_action(clause, columns) %}
  {%- set modes = {'by_name': 'by name', 'by_position': 'by position', 'star': '*'} -%}
  {%- set action, mode = clause.get('action'), clause.get('mode') -%}
  {%- if action == 'update' and columns is not none -%}
    update set {{ merge_assignments(clause.get('update', {}).get('set_expressions', {}), columns) }}
  {%- elif action == 'update' and mode in modes -%}
    update {{ 'set' if mode == 'star' }} {{ modes[mode] }}
  {%- elif action == 'update' -%}
    update set {{ merge_assignments(clause.get('set_expressions', {}), []) }}
  {%- elif action == 'insert' and mode == 'explicit' -%}
    {%- set chosen = clause.get('insert', {}) -%}
    insert ({{ chosen.get('columns', []) | join(', ') }}) values ({{ chosen.get('values', []) | join(', ') }})
  {%- elif action == 'insert' and mode in modes -%}
    insert {{ modes[mode] }}
  {%- elif action == 'delete' -%}
    delete
  {%- elif action == 'do_nothing' -%}
    do nothing
  {%- elif action == 'error' -%}
    {%- set message = clause.get('error_message') -%}
    error {{ string_literal(escape_single_quotes(message)) if message }}
  {%- endif -%}
{% endmacro %}

{# "a = 1, b = DBT_INTERNAL_SOURCE.b": a column with an expression is not taken from the source. #}
{% macro merge_assignments(expressions, columns) %}
  {%- set changes = [] -%}
  {%- for name, expression in expressions.items() -%}
    {%- do changes.append(name ~ ' = ' ~ expression) -%}
  {%- endfor -%}
  {%- for column in columns if column.replace('"', '').replace("'", '') not in expressions -%}
    {%- do changes.append(column ~ ' = DBT_INTERNAL_SOURCE.' ~ column) -%}
  {%- endfor -%}
  {%- do return(changes | join(', ')) -%}
{% endmacro %}
