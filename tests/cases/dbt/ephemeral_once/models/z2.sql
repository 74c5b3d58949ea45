select b.id, q.tables_when_rendered from {{ ref('b') }} b, {{ ref('asks') }} q -- {{ ref('z1') }}
