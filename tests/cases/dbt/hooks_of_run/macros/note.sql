{% macro note(what, info) %}insert into audit values ('{{ what }}', '{{ info }}'){% endmacro %}
{% macro note_results(results, schemas, pairs) %}
  {% if execute %}
  {% for result in results | sort(attribute='node.unique_id') %}
    {% set text %}
      {{ result.node.unique_id }} {{ result.status }} {{ result.message }} {{ result.failures }}
      {{ result.thread_id }} {{ result.execution_time is number }} {{ result.adapter_response }}
      {{ result.timing | map(attribute='name') | join(',') }} {{ result.node.config.materialized }}
      {{ result.to_dict().keys() | join(',') }} {{ result.to_dict().node.alias }}
      {{ result.status == 'success' }} {{ result.node.to_dict().name }}
    {% endset %}
    {% do run_query("insert into audit values ('result', $$" ~ text ~ "$$)") %}
  {% endfor %}
  {% endif %}
  insert into audit values ('schemas', $${{ schemas | sort | join(',') }} {{ pairs | sort }}$$)
{% endmacro %}
