-- depends_on: {{ ref('seeded') }}
select * from {{ source('raw', 'events') }}
