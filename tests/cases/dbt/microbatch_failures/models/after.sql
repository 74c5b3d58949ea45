select count(*) as n from {{ ref('some') }}
