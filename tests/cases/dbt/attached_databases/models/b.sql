{{ config(database='other', materialized='table', indexes=[{'columns': ['id']}]) }} select * from {{ ref('a') }} union all select * from {{ ref('s') }}
