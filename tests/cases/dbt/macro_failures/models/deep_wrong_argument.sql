{% if execute %}{{ deep_wrong_argument() }}{% endif %} select 1 as a
