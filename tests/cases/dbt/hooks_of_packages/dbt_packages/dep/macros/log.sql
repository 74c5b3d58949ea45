{% macro log(text) %}insert into log values ('{{ text }}'){% endmacro %}
