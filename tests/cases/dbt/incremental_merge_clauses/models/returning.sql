{{ config(merge_returning_columns=['id', 'v'], merge_update_columns=['v'], merge_update_set_expressions={'n': 'DBT_INTERNAL_SOURCE.n + 1'}) }}
select id, {% if is_incremental() %}'new' as v, id * 10 as n from (values (2), (3), (4), (5)){% else %}'old' as v, id as n from (values (1), (2), (3)){% endif %} r(id)
