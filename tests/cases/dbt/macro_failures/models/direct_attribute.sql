{% if execute %}{{ api.Relation.create(identifier='x').nope() }}{% endif %} select 1 as a
