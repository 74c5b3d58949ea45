-- Gives a row when the flights of the mart are not those that were loaded.
with counted as (select sum(flights) as flights from {{ ref('fct_delays_by_airport') }}),
loaded as (select count(*) as flights from {{ ref('stg_flights') }})

select counted.flights, loaded.flights as flights_loaded
from counted, loaded
where counted.flights != loaded.flights
