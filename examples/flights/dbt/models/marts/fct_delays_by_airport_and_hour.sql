-- Airports with at least a thousand flights: when is it best to leave?
with busy as (
    select origin from {{ ref('fct_delays_by_airport') }} where flights >= 1000
)

select
    flights.origin,
    flights.departure_hour,
    count(*) as flights,
    round(avg(flights.delay_minutes), 2) as average_delay,
    {{ percent_of_rows('where flights.is_late') }} as percent_late
from {{ ref('int_flights_located') }} as flights
inner join busy on busy.origin = flights.origin
group by all
