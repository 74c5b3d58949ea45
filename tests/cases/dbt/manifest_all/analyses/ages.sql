select avg(age) from {{ ref('stg_customers') }}
