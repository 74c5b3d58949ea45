{{ config(merge_clauses={
    'when_matched': [
        {'action': 'delete', 'condition': 'DBT_INTERNAL_SOURCE.id = 2'},
        {'action': 'update', 'mode': 'explicit', 'condition': ['DBT_INTERNAL_DEST.n > 0', 'DBT_INTERNAL_DEST.n < 100'],
         'update': {'exclude': ['id'], 'set_expressions': {'n': 'DBT_INTERNAL_DEST.n + DBT_INTERNAL_SOURCE.n'}}}],
    'when_not_matched': [
        {'action': 'insert', 'mode': 'explicit', 'condition': 'DBT_INTERNAL_SOURCE.id = 4',
         'insert': {'columns': ['id', 'v'], 'values': ['DBT_INTERNAL_SOURCE.id', "'made'"]}},
        {'action': 'insert', 'mode': 'by_position'},
        {'action': 'update', 'by': 'source', 'set_expressions': {'v': "'gone'"}}]}) }}
select id, {% if is_incremental() %}'new' as v, id * 10 as n from (values (2), (3), (4), (5)){% else %}'old' as v, id as n from (values (1), (2), (3)){% endif %} r(id)
