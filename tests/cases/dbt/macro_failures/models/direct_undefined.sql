{% if execute %}{{ 'a'.nope.other }}{% endif %} select 1 as a
