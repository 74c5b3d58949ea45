select 1 from {{ ref('stg_customers') }} where age > 200
