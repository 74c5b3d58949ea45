select {{ 'nope' if var('broken', true) else '2' }} as id from {{ ref('a') }}
