select
    origin,
    origin_place,
    count(*) as flights,
    round(avg(delay_minutes), 2) as average_delay,
    quantile_cont(delay_minutes, 0.9) as delay_of_the_worst_tenth,
    {{ percent_of_rows('where is_late') }} as percent_late
from {{ ref('int_flights_located') }}
group by all
