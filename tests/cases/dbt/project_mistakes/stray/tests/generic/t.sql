{% if 1 %}{% endif %}{% test t2(model) %}select 1 where false{% endtest %}
