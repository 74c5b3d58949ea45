select
    departure_hour,
    count(*) as flights,
    round(avg(delay_minutes), 2) as average_delay,
    {{ percent_of_rows('where is_late') }} as percent_late
from {{ ref('int_flights_located') }}
group by departure_hour
