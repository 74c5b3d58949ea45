{# a comment #}
{%- set xs = ['b', 'a'] -%}
select
  {%- for x in xs | sort %}
  '{{ x }}' as {{ x }}{{ ',' if not loop.last }}
  {%- endfor %}
  , '{{ tojson({'k': [1, none, true]}) | replace("'", '') }}' as j
  , {{ fromjson('[1,2,3]') | sum }} as s
  , '{{ zip([1,2],[3,4]) | list }}' as z, '{{ set([1]) }}' as st
  , '{{ target.name }} {{ target.schema }} {{ target.type }} {{ project_name }}' as t
