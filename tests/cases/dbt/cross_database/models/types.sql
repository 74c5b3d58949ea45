select
  {{ dbt.cast('1', dbt.type_string()) }} as a,
  {{ dbt.safe_cast("'2020-01-01 00:00:00'", dbt.type_timestamp()) }} as b,
  {{ dbt.cast('1', dbt.type_int()) }} as c,
  {{ dbt.cast('1', dbt.type_bigint()) }} as d,
  {{ dbt.cast('1', dbt.type_numeric()) }} as e,
  {{ dbt.cast('1', dbt.type_float()) }} as f,
  {{ dbt.cast('1', dbt.type_boolean()) }} as g,
  {{ dbt.cast_bool_to_text('true') }} as h
