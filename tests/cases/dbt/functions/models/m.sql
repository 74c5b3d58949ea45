select {{ function('double_it') }}(n) as d, {{ function('p', 'quad') }}(n) as q from {{ ref('base') }}
