{# `intermediate` takes the place of `existing` (none when there is nothing yet), which becomes `backup`. All
   within the transaction that made `intermediate`: readers see the old or the new, never none. #}
{% macro swap_relations(existing, intermediate, backup, target_relation) %}
  {{ adapter.cache_added(intermediate) }}
  {% if existing is not none %}
    {{ adapter.rename_relation(existing, backup) }}
  {% endif %}
  {{ adapter.rename_relation(intermediate, target_relation) }}
{% endmacro %}
