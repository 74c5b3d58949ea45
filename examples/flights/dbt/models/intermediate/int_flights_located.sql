-- Flights with the place they left from. Airports that are not in the list keep their code.
select
    flights.date as departed_at,
    hour(flights.date) as departure_hour,
    flights.origin,
    coalesce(airports.city || ', ' || airports.state, flights.origin) as origin_place,
    flights.destination,
    flights.distance as distance_miles,
    flights.delay as delay_minutes,
    flights.delay >= {{ var('late_minutes') }} as is_late
from {{ ref('stg_flights') }} as flights
left join {{ ref('stg_airports') }} as airports on airports.iata = flights.origin
