select nope from {{ ref('a') }}
