select n as id from {{ ref('numbers') }}
