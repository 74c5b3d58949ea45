{{ config(materialized='table') }} select n.*, m.name as other from {{ ref('numbers') }} n join {{ ref('numbers') }} m on m.id = n.id
