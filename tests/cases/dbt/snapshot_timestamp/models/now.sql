select id, town from {{ ref('people_history') }} where dbt_valid_to is null
