{% if execute %}{{ divided() }}{% endif %} select 1 as a
