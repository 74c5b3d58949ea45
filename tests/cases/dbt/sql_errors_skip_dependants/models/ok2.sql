select x / 0 as y, x from {{ ref('ok') }}
