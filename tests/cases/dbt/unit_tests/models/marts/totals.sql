{{ config(tags=['mart'], schema='marts') }}
select u.id, n.shout, c.label, sum(o.amount) as total
from {{ ref('users') }} u
left join {{ ref('names') }} n using (id)
left join {{ ref('countries') }} c using (code)
left join {{ source('shop', 'orders') }} o on o.user_id = u.id
group by all
