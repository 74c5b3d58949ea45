{% set cols = cols() %}
select
{% for c in cols %}
  {{ loop.index }} as {{ c }},
{% endfor %}
  {{ cents('1234') }} as c, {{ x.cents(99, digits=1) }} as d,
  '{% call wrap() %}x{% endcall %}' as w, {{ pick() }} as p,
  {{ "'yes'" if execute else "'no'" }} as e
