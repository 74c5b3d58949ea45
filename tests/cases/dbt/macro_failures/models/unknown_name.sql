{% if execute %}{{ unknown_name() }}{% endif %} select 1 as a
