select batch, count(*) as n from {{ ref('daily') }} group by batch
