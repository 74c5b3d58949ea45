select '{{ metric(var('metric', 'revenue')) }}' as a, '{{ metric('shop', 'revenue') }}' as b
{% if var('three', false) %}{{ metric('a', 'b', 'c') }}{% endif %}
