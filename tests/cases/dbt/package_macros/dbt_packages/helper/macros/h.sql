{% macro twice(x) %}{{ return(adapter.dispatch('twice', 'helper')(x)) }}{% endmacro %}
{% macro default__twice(x) %}({{ x }} * 2){% endmacro %}
{% macro only_here() %}'helper'{% endmacro %}
