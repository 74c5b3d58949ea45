select a.id, a.n, sd.w from {{ ref('a') }} a left join {{ ref('sd') }} sd using (id)
