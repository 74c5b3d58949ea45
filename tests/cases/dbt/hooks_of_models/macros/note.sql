{% macro note(what, info) %}insert into audit values ('{{ what }}', '{{ info }}'){% endmacro %}
{% macro nothing() %}{% endmacro %}
