select 1 as a where {{ equals('1', 'null') }} or {{ dbt.equals('1', '1') }}
