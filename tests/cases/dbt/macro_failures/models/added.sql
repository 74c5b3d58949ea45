{% if execute %}{{ added() }}{% endif %} select 1 as a
