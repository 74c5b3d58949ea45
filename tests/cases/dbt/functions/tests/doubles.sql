select * from {{ ref('m') }} where d <> {{ function('double_it') }}(4)
