{% macro note(name='nobody', n=1, list=[]) %}
  {% do run_query("create table if not exists notes (text varchar)") %}
  {% do run_query("insert into notes values ('" ~ name ~ " " ~ n ~ " " ~ list | join('-') ~ " " ~ var('v', 'none') ~ " " ~ target.name ~ "')") %}
  {{ return(name) }}
{% endmacro %}
