{% macro make(name='made') %}
{% if var('fine', false) %}{{ print('fine ' ~ name) }}{% else %}{{ exceptions.raise_compiler_error('not yet ' ~ name) }}{% endif %}
{% endmacro %}
