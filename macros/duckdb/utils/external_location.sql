{# Where the file of a model lies that says nothing of it; files of a partitioned one lie in a directory. #}
{%- macro external_location(relation, config) -%}
  {{- adapter.external_root() }}/{{ relation.identifier -}}
  {%- if config.get('options', {}).get('partition_by') is none -%}.{{ config.get('format', 'parquet') }}{%- endif -%}
{%- endmacro -%}
