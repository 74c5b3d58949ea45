{% set x = 1 %}
{% if x %}{{ nothing }}{% for i in [] %}{% else %}{% endfor %}{% endif %}
{% raw %}{% macro no() %}{% endraw %}
{# {% if %} #}
{% macro five() %}{% if true %}5{% endif %}{% endmacro %}
{% endmacro %}
