select * from {{ source('src', 'one') }}
