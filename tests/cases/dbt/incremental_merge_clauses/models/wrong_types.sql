{{ config(merge_update_condition=1, merge_insert_condition=['a'], merge_on_using_columns='id', merge_update_columns=[1, 'v'], merge_update_set_expressions=['n'], merge_exclude_columns={'a': 1}, merge_clauses=['a']) }}
select id, {% if is_incremental() %}'new' as v, id * 10 as n from (values (2), (3), (4), (5)){% else %}'old' as v, id as n from (values (1), (2), (3)){% endif %} r(id)
