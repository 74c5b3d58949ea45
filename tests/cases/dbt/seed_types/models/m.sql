select k.id, t.zip from {{ ref('kinds') }} k cross join {{ ref('typed') }} t
