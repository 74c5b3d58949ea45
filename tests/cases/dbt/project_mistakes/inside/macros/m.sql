{% if 1 %}
 {% macro a() %}{% endmacro %}{% endif %}