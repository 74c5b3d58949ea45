{{ config(enabled=var('bad', false)) }}
select {{ modules.itertools.permutations([1], -1) | list }} as a
