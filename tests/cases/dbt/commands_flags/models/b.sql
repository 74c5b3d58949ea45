select * from {{ source('src', 'a') }}
