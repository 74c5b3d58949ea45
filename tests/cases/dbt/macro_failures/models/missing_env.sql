{% if execute %}{{ missing_env() }}{% endif %} select 1 as a
