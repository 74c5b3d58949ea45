{% macro say() %}{{ print('said') }}{{ log('logged', info=true) }}{% endmacro %}
