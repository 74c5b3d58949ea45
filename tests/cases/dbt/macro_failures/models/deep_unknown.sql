{% if execute %}{{ deep_unknown() }}{% endif %} select 1 as a
