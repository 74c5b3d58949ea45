select {{ helper.twice(3) }} as six, * from {{ ref('from_helper') }}
