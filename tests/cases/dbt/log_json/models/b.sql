{{ exceptions.warn('careful') if execute }}
select id from {{ ref('a') }}
