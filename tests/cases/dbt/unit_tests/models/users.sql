{{ config(materialized='table') }}
select 1 as id, 'n' as name, 'de' as code, date '2020-01-01' as born, 1.50::decimal(10, 2) as paid, true as active, 'z' as "Mixed Col"
