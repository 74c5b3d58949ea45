{{ config(materialized='incremental', unique_key='id') }}
select id, '{{ kind_of('z') }}' as kind, {{ var('factor', 1) }} * id as scaled, '{{ env_var('CASE_ENV', 'none') }}' as env,
  {{ dbt.current_timestamp() }} as at, {{ x.twice(2) }} as twice, '{{ outer() }}' as nested
from {{ ref('events') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
