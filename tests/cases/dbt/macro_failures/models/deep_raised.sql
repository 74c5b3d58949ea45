{% if execute %}{{ deep_raised() }}{% endif %} select 1 as a
