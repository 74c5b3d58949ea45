with months as (
    select
        date_trunc('month', date)::date as month,
        arg_max(close, date) as close_at_end
    from {{ ref('stg_sp500') }}
    group by all
)

select
    month,
    close_at_end,
    round(100.0 * (close_at_end / lag(close_at_end) over (order by month) - 1), 2) as change_percent
from months
