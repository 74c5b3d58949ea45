{{ config(incremental_predicates=['n > 0', 3]) }}
select id, {% if is_incremental() %}'new' as v, id * 10 as n from (values (2), (3), (4), (5)){% else %}'old' as v, id as n from (values (1), (2), (3)){% endif %} r(id)
