{{ config(materialized='table_function', parameters=['lo', 'hi := 10']) }}
select i from range(20) t(i) where i between lo and hi
