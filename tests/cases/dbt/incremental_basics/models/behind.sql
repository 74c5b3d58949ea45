select count(*) as n from {{ ref('appended') }}
