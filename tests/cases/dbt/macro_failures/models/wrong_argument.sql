{% if execute %}{{ one(other=1) }}{% endif %} select 1 as a
