{% if execute %}{{ plain_attribute() }}{% endif %} select 1 as a
