select * from {{ ref('b') }} -- in a package of the same name as the root's
