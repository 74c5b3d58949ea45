select
    coalesce(major_genre, 'Not given') as genre,
    count(*) as films,
    round(avg(imdb_rating), 2) as average_rating,
    sum(worldwide_gross) as worldwide_gross
from {{ ref('stg_movies') }}
group by all
