{% macro about(node) %} {{ node.unique_id if node else 'nobody' }}{% endmacro %}
