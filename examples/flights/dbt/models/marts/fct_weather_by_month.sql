select
    date_trunc('month', date)::date as month,
    round(sum(precipitation), 1) as precipitation_mm,
    round(avg(temp_max), 1) as average_high,
    {% for kind in ['drizzle', 'fog', 'rain', 'snow', 'sun'] -%}
    count(*) filter (where weather = '{{ kind }}') as days_of_{{ kind }}{{ ',' if not loop.last }}
    {% endfor %}
from {{ ref('stg_weather') }}
group by all
