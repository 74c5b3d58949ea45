{%- set cols = adapter.get_columns_in_relation(ref('a')) -%}
select '{{ kinds() }}' as k, '{{ cols | map(attribute='name') | join(',') }}' as cols, '{{ cols | map(attribute='dtype') | join(',') }}' as types, {{ 1 if load_relation(this) is none else 2 }} as ex
{% call statement('s', fetch_result=True) %}select 42 as x{% endcall %}
, {{ load_result('s')['data'][0][0] if execute else 0 }} as y
