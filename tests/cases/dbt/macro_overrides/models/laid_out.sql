{{ config(partitioned_by='id', sort_by=['id']) }} select 1 as id
