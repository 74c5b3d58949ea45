{% if execute %}{{ missing_var() }}{% endif %} select 1 as a
