{% snapshot s %}{% endsnapshot %}{% macro q() %}{% endmacro %}
