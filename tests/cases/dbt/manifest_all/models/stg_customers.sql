{{ config(tags='staging') }}
select id as customer_id, name, age from {{ ref('customers') }} where id >= {{ var('low') }}
