{{ config(merge_clauses={'when_matched': ['update']}, merge_update_columns=['v'], merge_update_condition='true', merge_update_set_expressions={'n': '1'}) }}
select id, {% if is_incremental() %}'new' as v, id * 10 as n from (values (2), (3), (4), (5)){% else %}'old' as v, id as n from (values (1), (2), (3)){% endif %} r(id)
